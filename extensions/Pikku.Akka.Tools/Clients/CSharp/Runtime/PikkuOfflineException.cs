namespace Pikku.Clients;

/// <summary>The message was not sent: there is no connection, or too many messages wait already.</summary>
public sealed class PikkuOfflineException(string message) : Exception(message);
