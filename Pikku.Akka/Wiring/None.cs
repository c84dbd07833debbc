namespace Pikku.Akka;

/// <summary>No value: the input of a function that takes nothing, the output of one that returns nothing.</summary>
public readonly record struct None;
