namespace Pikku.Akka.Tests.OperatorConsole;

/// <summary>The rights of the operators of a <see cref="ConsoleLab"/>, as a database of the application would have them. Thread-safe.</summary>
internal sealed class OperatorRights
{
    private int _asked;

    /// <summary>What the policy answers.</summary>
    public volatile bool IsGranted = true;

    /// <summary>False when the application does not accept the sign-ins any more.</summary>
    public volatile bool IsSignedIn = true;

    /// <summary>True when the database does not answer.</summary>
    public volatile bool IsBroken;

    /// <summary>After how many questions the policy denies.</summary>
    public int Limit { get; init; } = int.MaxValue;

    /// <summary>How often the policy was asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public bool Ask()
    {
        var number = Interlocked.Increment(ref _asked);
        return IsBroken ? throw new InvalidOperationException("The database is down.") : IsGranted && number <= Limit;
    }
}
