namespace Pikku.Akka.Clients;

/// <summary>The message was not sent because there is no connection or too many messages are waiting.</summary>
public sealed class PikkuOfflineException(string message) : Exception(message);
