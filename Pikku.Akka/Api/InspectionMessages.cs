using System.Text.Json;

namespace Pikku.Akka.Api;

/// <summary>What to explain.</summary>
/// <param name="Channel">The name of the channel.</param>
/// <param name="User">The user; instead of it a connection can be given.</param>
/// <param name="Connection">The id of a connection.</param>
/// <param name="Action">The action: its name, or routing key and value as <c>command:run</c>; instead of it a topic can be given.</param>
/// <param name="Topic">The name of a topic.</param>
/// <param name="Data">The data of the message, for permissions that use it.</param>
internal sealed record ExplainBody(
    string Channel, string? User = null, string? Connection = null, string? Action = null, string? Topic = null, JsonElement? Data = null);

/// <summary>What to record.</summary>
/// <param name="User">The user whose next connection is recorded; instead of it a connection can be given.</param>
/// <param name="Connection">The id of an open connection.</param>
/// <param name="Seconds">For how long at most; <c>pikku.watch.duration</c> is the default and the maximum.</param>
internal sealed record RecordBody(string? User = null, string? Connection = null, double? Seconds = null);
