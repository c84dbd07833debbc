namespace Pikku.Akka.Sessions;

/// <summary>When the token of a connection ends.</summary>
/// <param name="At">As the token says.</param>
/// <param name="Skew">For how long after that it is accepted, because clocks differ.</param>
internal readonly record struct TokenEnd(DateTimeOffset At, TimeSpan Skew)
{
    // A token counts whole seconds, and a session may be made from more precise a time.
    private static readonly TimeSpan Precision = TimeSpan.FromSeconds(1);

    /// <summary>When a session is over that says it ends at a time: one that ends with its token lasts as long as that is accepted.</summary>
    public DateTimeOffset Of(DateTimeOffset end) =>
        (end - At).Duration() < Precision && end < DateTimeOffset.MaxValue - Skew ? end + Skew : end;
}
