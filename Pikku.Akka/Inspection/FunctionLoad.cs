namespace Pikku.Akka.Inspection;

/// <summary>The calls of one function within the last minute.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Action">The action.</param>
/// <param name="Failed">How many of the calls failed.</param>
/// <param name="Seconds">The length of the window, which is shorter than a minute when somebody began to look later.</param>
/// <param name="Buckets">The durations: pairs of the number of a bucket (<see cref="DurationBuckets"/>) and its calls.</param>
internal sealed record FunctionLoad(string Channel, string Action, long Failed, double Seconds, IReadOnlyList<long[]> Buckets);
