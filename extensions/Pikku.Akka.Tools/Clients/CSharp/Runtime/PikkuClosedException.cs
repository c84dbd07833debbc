namespace Pikku.Clients;

/// <summary>The route is closed, by the client or in a way that trying again would not mend.</summary>
public sealed class PikkuClosedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the server said when it refused the connection; null where it said nothing, or where it was not the server that closed it.</summary>
    public PikkuException? Refusal => InnerException as PikkuException;
}
