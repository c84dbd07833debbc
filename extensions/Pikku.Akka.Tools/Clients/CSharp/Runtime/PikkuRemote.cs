namespace Pikku.Clients;

/// <summary>A function that the server may call.</summary>
/// <param name="Run">Runs it; undefined stands for nothing.</param>
/// <param name="Pending">What the server is told at once, so that its clock stops; null to be bound by it.</param>
internal sealed record PikkuRemote(Func<JsonElement, CancellationToken, Task<JsonElement>> Run, string? Pending);
