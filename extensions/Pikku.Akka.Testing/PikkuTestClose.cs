namespace Pikku.Akka;

/// <summary>How a connection ended.</summary>
/// <param name="Code">The close code; 1006 without a close frame.</param>
/// <param name="Reason">The reason of the close frame; empty if it has none.</param>
public sealed record PikkuTestClose(CloseCode Code, string Reason)
{
    /// <summary>The code of a connection that ended without a close frame (RFC 6455 §7.1.5).</summary>
    public const CloseCode NoCloseFrame = (CloseCode)1006;

    /// <inheritdoc/>
    public override string ToString() => $"{(int)Code} {Reason}".TrimEnd();
}
