using System.Text.Json.Nodes;

namespace Pikku.Akka.Contracts.Types;

/// <summary>A property of a JSON object.</summary>
/// <param name="Name">The name in JSON.</param>
/// <param name="ClrName">The name in C#.</param>
/// <param name="Type">The type.</param>
/// <param name="IsRequired">True if the property is always present.</param>
internal sealed record PropertyShape(string Name, string ClrName, TypeUse Type, bool IsRequired)
{
    /// <summary>The value that applies if the property is missing; null if it is unknown.</summary>
    public JsonNode? Default { get; init; }

    public ValueRules Rules { get; init; } = ValueRules.None;

    /// <summary>The documentation of the property; null if there is none.</summary>
    public string? Summary { get; init; }

    /// <summary>The reason why the property is deprecated; null if it is not.</summary>
    public string? Deprecated { get; init; }
}
