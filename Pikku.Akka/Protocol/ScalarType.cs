namespace Pikku.Akka.Protocol;

/// <summary>A type whose values are one JSON string, number or boolean.</summary>
/// <param name="Kind">The form of its values in JSON.</param>
/// <param name="Expected">The problem that is reported for JSON of another kind.</param>
/// <param name="OutOfRange">The problem that is reported for a number that the type can't represent; null for types that are not numbers.</param>
internal sealed record ScalarType(ScalarKind Kind, string Expected, string? OutOfRange = null)
{
    /// <summary>True for numbers with infinities, which JSON does not have.</summary>
    public bool IsFloat => Kind is ScalarKind.Float or ScalarKind.Double;
}
