namespace Pikku.Akka.Tests.Simulation;

/// <summary>The state that a client gets when it has no position, or when its position is lost.</summary>
/// <param name="Uid">The state has all events of the topic up to this one.</param>
/// <param name="Entries">The keys with their values, for a keyed topic.</param>
internal sealed record Snapshot(int Uid, Dictionary<string, int?> Entries);
