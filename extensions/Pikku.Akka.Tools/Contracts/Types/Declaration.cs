using System.Text.Json.Nodes;

namespace Pikku.Akka.Contracts.Types;

/// <summary>A type that has a name. Compared by reference: a type of C# that is sent and received may have two.</summary>
/// <param name="type">The type of C#.</param>
/// <param name="direction">Who writes it.</param>
internal abstract class Declaration(Type type, Direction direction)
{
    public Type Type { get; } = type;

    public Direction Direction { get; } = direction;

    /// <summary>The name, an identifier in C# and TypeScript, unique in the contract; given last.</summary>
    public string Name { get; set; } = "";

    /// <summary>How its values are written, where the type alone does not say; empty where it does.</summary>
    public string Form { get; init; } = "";

    /// <summary>An anonymous type of C#: nobody knows it by a name.</summary>
    public bool IsAnonymous => Type.Name.StartsWith("<>", StringComparison.Ordinal);

    /// <summary>Where it was met first: the name of what has none.</summary>
    public string Place { get; init; } = "";

    /// <summary>What the application says of it; null for nothing.</summary>
    public string? Summary { get; init; }

    /// <summary>Why it should not be used any more; null when it may be.</summary>
    public string? Deprecated { get; init; }
}

/// <summary>A JSON object with the properties that it declares.</summary>
/// <inheritdoc cref="Declaration"/>
internal sealed class ObjectDeclaration(Type type, Direction direction) : Declaration(type, direction)
{
    public List<PropertyShape> Properties { get; } = [];

    /// <summary>True when a property that is not declared is an error.</summary>
    public bool ForbidsOthers { get; set; }

    /// <summary>The type of properties that are not declared and kept; null when none are.</summary>
    public TypeUse? Others { get; set; }
}

/// <summary>One of several values.</summary>
/// <inheritdoc cref="Declaration"/>
internal sealed class EnumDeclaration(Type type, Direction direction) : Declaration(type, direction)
{
    public required IReadOnlyList<EnumValue> Values { get; init; }
}

/// <summary>A value of an enumeration.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="Json">A string or a number.</param>
/// <param name="Summary">What the application says of it.</param>
internal sealed record EnumValue(string Name, JsonNode Json, string? Summary);

/// <summary>One of several objects, which a property tells apart.</summary>
/// <inheritdoc cref="Declaration"/>
internal sealed class UnionDeclaration(Type type, Direction direction) : Declaration(type, direction)
{
    /// <summary>The name of the property, such as <c>$type</c>.</summary>
    public required string Discriminator { get; init; }

    public List<UnionCase> Cases { get; } = [];
}

/// <summary>One of the objects of a union.</summary>
/// <param name="Value">The value that names it, a string or a number; null when the property is not there.</param>
/// <param name="Object">Its other properties.</param>
internal sealed record UnionCase(JsonNode? Value, ObjectDeclaration Object);
