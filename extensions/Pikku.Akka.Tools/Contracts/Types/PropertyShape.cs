using System.Text.Json.Nodes;

namespace Pikku.Akka.Contracts.Types;

/// <summary>A property of a JSON object.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="ClrName">Its name in C#.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsRequired">True when it is always there.</param>
internal sealed record PropertyShape(string Name, string ClrName, TypeUse Type, bool IsRequired)
{
    /// <summary>What holds when it is left out; null when that is not known.</summary>
    public JsonNode? Default { get; init; }

    public ValueRules Rules { get; init; } = ValueRules.None;

    /// <summary>What the application says of it; null for nothing.</summary>
    public string? Summary { get; init; }

    /// <summary>Why it should not be used any more; null when it may be.</summary>
    public string? Deprecated { get; init; }
}
