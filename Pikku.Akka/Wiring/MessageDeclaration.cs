using Pikku.Akka.Protocol;

namespace Pikku.Akka;

/// <summary>A message that a channel may send to its clients.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Name">
/// Its name on <c>pikku.v1</c>; null for messages without a name: text and bytes, which are sent as they are, and JSON of any form, whose type a client can't know.
/// </param>
internal sealed record MessageDeclaration(Type Type, string? Name)
{
    /// <summary>Declares a type by a name, or by the name of the type.</summary>
    public static MessageDeclaration Of(Type type, string? name = null) => new(type, name ?? (HasName(type) ? NameOf(type) : null));

    /// <summary>True for a type whose messages have a name.</summary>
    public static bool HasName(Type type) =>
        type != typeof(string) && !BinaryValue.IsBinary(type) && !ScalarTypes.IsUntyped(type);

    // The name in C#, without namespaces: Page<Card>, Card[].
    private static string NameOf(Type type)
    {
        if (type.IsArray)
            return $"{NameOf(type.GetElementType()!)}[]";
        var arity = type.Name.IndexOf('`', StringComparison.Ordinal);
        return arity < 0 ? type.Name : $"{type.Name[..arity]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";
    }
}
