using System.Text.Json.Nodes;

namespace Pikku.Akka.Contracts.Types;

/// <summary>A named type. Declarations are compared by reference: a C# type that is both sent and received may have two.</summary>
/// <param name="type">The C# type.</param>
/// <param name="direction">The side that writes the JSON.</param>
internal abstract class Declaration(Type type, Direction direction)
{
    public Type Type { get; } = type;

    public Direction Direction { get; } = direction;

    /// <summary>The name: an identifier in C# and TypeScript, unique in the contract. It is assigned after all types are read.</summary>
    public string Name { get; set; } = "";

    /// <summary>The format of its values, if the type alone does not determine it; otherwise empty.</summary>
    public string Form { get; init; } = "";

    /// <summary>True for an anonymous C# type, which has no name of its own.</summary>
    public bool IsAnonymous => Type.Name.StartsWith("<>", StringComparison.Ordinal);

    /// <summary>The place where the type was found first. An anonymous type is named after it.</summary>
    public string Place { get; init; } = "";

    /// <summary>The documentation of the type; null if there is none.</summary>
    public string? Summary { get; init; }

    /// <summary>The reason why the type is deprecated; null if it is not.</summary>
    public string? Deprecated { get; init; }
}

/// <summary>A JSON object with the properties that it declares.</summary>
/// <inheritdoc cref="Declaration"/>
internal sealed class ObjectDeclaration(Type type, Direction direction) : Declaration(type, direction)
{
    public List<PropertyShape> Properties { get; } = [];

    /// <summary>True if undeclared properties are rejected.</summary>
    public bool ForbidsOthers { get; set; }

    /// <summary>The type of undeclared properties that are kept; null if none are.</summary>
    public TypeUse? Others { get; set; }
}

/// <summary>An enumeration: one of several values.</summary>
/// <inheritdoc cref="Declaration"/>
internal sealed class EnumDeclaration(Type type, Direction direction) : Declaration(type, direction)
{
    public required IReadOnlyList<EnumValue> Values { get; init; }
}

/// <summary>A value of an enumeration.</summary>
/// <param name="Name">The name in C#.</param>
/// <param name="Json">The value in JSON: a string or a number.</param>
/// <param name="Summary">The documentation of the value; null if there is none.</param>
internal sealed record EnumValue(string Name, JsonNode Json, string? Summary);

/// <summary>A union: one of several objects, which are distinguished by a property.</summary>
/// <inheritdoc cref="Declaration"/>
internal sealed class UnionDeclaration(Type type, Direction direction) : Declaration(type, direction)
{
    /// <summary>The name of the property, such as <c>$type</c>.</summary>
    public required string Discriminator { get; init; }

    public List<UnionCase> Cases { get; } = [];
}

/// <summary>One case of a union.</summary>
/// <param name="Value">The value of the discriminator, a string or a number; null for the case without a discriminator.</param>
/// <param name="Object">The other properties of the case.</param>
internal sealed record UnionCase(JsonNode? Value, ObjectDeclaration Object);
