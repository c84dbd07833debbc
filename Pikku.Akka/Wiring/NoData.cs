namespace Pikku.Akka;

/// <summary>No value: the input of a function without an argument, or the output of a function without a result.</summary>
public readonly record struct NoData;
