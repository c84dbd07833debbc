namespace Pikku.Clients;

/// <summary>The server refused a connection.</summary>
public sealed class PikkuRefusedException(int status, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception($"The server refused the connection with {status}.", inner)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
