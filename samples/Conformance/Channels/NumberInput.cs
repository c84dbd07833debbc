namespace Conformance.Channels;

/// <summary>A number.</summary>
public sealed record NumberInput(double N);
