using System.Collections.Immutable;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Functions.Input;

/// <summary>Scalars of an input, by the table <see cref="ScalarTypes"/>, and the lists of them.</summary>
internal static class Scalar
{
    private static readonly HashSet<Type> Lists =
    [
        typeof(List<>), typeof(IList<>), typeof(ICollection<>), typeof(IEnumerable<>), typeof(IReadOnlyList<>),
        typeof(IReadOnlyCollection<>),
        typeof(HashSet<>), typeof(ISet<>), typeof(IReadOnlySet<>), typeof(ImmutableArray<>), typeof(ImmutableList<>),
        typeof(ImmutableHashSet<>), typeof(IImmutableList<>), typeof(IImmutableSet<>),
    ];

    /// <summary>True for a scalar, an enumeration, or a nullable one of these.</summary>
    public static bool Is(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum || ScalarTypes.Of(type) is not null;
    }

    /// <summary>The type of the items; null when the type is not a list of scalars.</summary>
    public static Type? ItemOf(Type type)
    {
        var item = type switch
        {
            // Bytes are Base64 text in JSON.
            _ when type == typeof(byte[]) => null,
            { IsSZArray: true } => type.GetElementType(),
            { IsGenericType: true } when Lists.Contains(type.GetGenericTypeDefinition()) => type.GetGenericArguments()[0],
            _ => null,
        };
        return item is not null && Is(item) ? item : null;
    }
}
