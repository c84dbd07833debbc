namespace Pikku.Akka.Clients;

/// <summary>A function that the server may call.</summary>
/// <param name="Run">Runs the function; undefined means no argument or no result.</param>
/// <param name="Pending">The reason that is sent to the server at once, which suspends its timeout; null to keep the timeout.</param>
internal sealed record PikkuRemote(Func<JsonElement, CancellationToken, Task<JsonElement>> Run, string? Pending);
