using Pikku.Akka.Contracts.Types;

namespace Pikku.Akka.Tests.Contracts;

/// <summary>Writes types of a contract as short texts, for assertions.</summary>
internal static class TypeText
{
    public static string Of(TypeUse? type) => type switch
    {
        null => "nothing",
        TypeUse.Scalar scalar => scalar.Kind.ToString(),
        TypeUse.Nullable nullable => Of(nullable.Of) + "?",
        TypeUse.List list => $"[{Of(list.Item)}]",
        TypeUse.Map map => $"{{{Of(map.Value)}}}",
        TypeUse.Declared declared => declared.Declaration.Name,
        _ => throw new NotSupportedException(type.ToString()),
    };

    /// <summary>The properties of an object: <c>name: Type</c>, with a question mark after the name of an optional property.</summary>
    public static string[] Of(ObjectDeclaration type) =>
        [.. type.Properties.Select(property => $"{property.Name}{(property.IsRequired ? "" : "?")}: {Of(property.Type)}")];
}
