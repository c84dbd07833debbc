namespace Pikku.Akka.Clients;

/// <summary>Sends a request for a topic.</summary>
/// <param name="action">The action of the request.</param>
/// <param name="topic">The name of the topic.</param>
/// <param name="since">The position of the client; null if it has none or needs the state.</param>
/// <param name="done">Called with the data of the answer or with an error while the answer is received, before the next message.</param>
internal delegate void PikkuTopicRequest(string action, string topic, string? since, Action<JsonElement, Exception?> done);
