namespace Pikku.Clients;

/// <summary>The route is closed, by the client or in a way that trying again would not mend.</summary>
public sealed class PikkuClosedException(string message, Exception? inner = null) : Exception(message, inner);
