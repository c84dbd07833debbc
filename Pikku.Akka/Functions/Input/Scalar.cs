using System.Collections.Immutable;
using System.Numerics;

namespace Pikku.Akka.Functions.Input;

/// <summary>The types whose values are one JSON string, number or boolean, and the lists of them.</summary>
internal static class Scalar
{
    private static readonly HashSet<Type> Known =
    [
        typeof(string), typeof(bool), typeof(char), typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint),
        typeof(long), typeof(ulong), typeof(Int128), typeof(UInt128), typeof(Half), typeof(float), typeof(double), typeof(decimal),
        typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan), typeof(Uri),
        typeof(Version),
    ];

    private static readonly HashSet<Type> Lists =
    [
        typeof(List<>), typeof(IList<>), typeof(ICollection<>), typeof(IEnumerable<>), typeof(IReadOnlyList<>),
        typeof(IReadOnlyCollection<>),
        typeof(HashSet<>), typeof(ISet<>), typeof(IReadOnlySet<>), typeof(ImmutableArray<>), typeof(ImmutableList<>),
        typeof(ImmutableHashSet<>), typeof(IImmutableList<>), typeof(IImmutableSet<>),
    ];

    /// <summary>Numbers that have infinities, which JSON has not.</summary>
    public static bool IsFloat(Type type) => type == typeof(double) || type == typeof(float) || type == typeof(Half);

    public static bool Is(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum || Known.Contains(type);
    }

    /// <summary>The type of the items, or null when the type is no list of scalars.</summary>
    public static Type? ItemOf(Type type)
    {
        // Bytes are Base64 text in JSON.
        var item = type switch
        {
            _ when type == typeof(byte[]) => null,
            { IsSZArray: true } => type.GetElementType(),
            { IsGenericType: true } when Lists.Contains(type.GetGenericTypeDefinition()) => type.GetGenericArguments()[0],
            _ => null,
        };
        return item is not null && Is(item) ? item : null;
    }

    /// <summary>The range of a whole number, or null when the type is none.</summary>
    public static (BigInteger Min, BigInteger Max)? RangeOf(Type type) => type switch
    {
        _ when type == typeof(byte) => (byte.MinValue, byte.MaxValue),
        _ when type == typeof(sbyte) => (sbyte.MinValue, sbyte.MaxValue),
        _ when type == typeof(short) => (short.MinValue, short.MaxValue),
        _ when type == typeof(ushort) => (ushort.MinValue, ushort.MaxValue),
        _ when type == typeof(int) => (int.MinValue, int.MaxValue),
        _ when type == typeof(uint) => (uint.MinValue, uint.MaxValue),
        _ when type == typeof(long) => (long.MinValue, long.MaxValue),
        _ when type == typeof(ulong) => (ulong.MinValue, ulong.MaxValue),
        _ when type == typeof(Int128) => (Int128.MinValue, Int128.MaxValue),
        _ when type == typeof(UInt128) => (UInt128.MinValue, UInt128.MaxValue),
        _ => null,
    };
}
