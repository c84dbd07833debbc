namespace Pikku.Akka.Sessions;

/// <summary>When the token of a connection expires. A class, so that the end of a token can be replaced while other threads read it.</summary>
/// <param name="At">The time in the token.</param>
/// <param name="Skew">How long the token is accepted after that, because clocks differ.</param>
internal sealed record TokenEnd(DateTimeOffset At, TimeSpan Skew)
{
    // Tokens count whole seconds, and a session may be created from a more precise time.
    private static readonly TimeSpan Precision = TimeSpan.FromSeconds(1);

    /// <summary>When a session expires: a session that ends with its token lasts as long as the token is accepted.</summary>
    public DateTimeOffset Of(DateTimeOffset end) =>
        (end - At).Duration() < Precision && end < DateTimeOffset.MaxValue - Skew ? end + Skew : end;
}
