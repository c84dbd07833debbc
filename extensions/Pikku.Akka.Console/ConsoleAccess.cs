using Microsoft.Extensions.Logging;

namespace Pikku.Akka.OperatorConsole;

/// <summary>
/// The right of one operator to an open console, which is asked again while the console is open. When it is lost, the connection is closed, and the page does not connect again by itself.
/// Thread-safe.
/// </summary>
/// <param name="operatorName">The operator, for the log.</param>
/// <param name="users">The names by which the application may speak of the operator (<see cref="IPikkuUsers.RefreshAsync"/>).</param>
/// <param name="hasExpired">Tells whether the sign-in has expired.</param>
/// <param name="ask">Asks. The task ends within a time limit.</param>
/// <param name="interval">How long a yes counts for what is shown.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class ConsoleAccess(
    string operatorName, IReadOnlySet<string> users, Func<bool> hasExpired, Func<Task<AccessAnswer>> ask, TimeSpan interval, TimeProvider clock, ILogger log)
{
    // 4400 to 4499: the client must not come back by itself. The page shows another text for each of them.
    private const CloseCode SignInEnded = (CloseCode)4401;
    private const CloseCode Denied = (CloseCode)4403;

    private long _allowedAt = clock.GetTimestamp(); // when the last question began whose answer was yes; at first it is the one of the upgrade
    private volatile IPikkuChannel? _channel;
    private volatile Ending? _ending;

    /// <summary>The operator, for the log.</summary>
    public string OperatorName => operatorName;

    /// <summary>True when the application may mean the operator with this name of a user.</summary>
    public bool IsOf(string userId) => users.Contains(userId);

    /// <summary>Says which connection the operator uses. Called before anything is asked for it.</summary>
    public void Attach(IPikkuChannel channel) => _channel = channel;

    /// <summary>True when the operator may act. The answer is from a question that begins now.</summary>
    public async ValueTask<bool> MayActAsync() => !HasEnded() && await AskAsync();

    /// <summary>True when the operator may see the next update. A yes counts for <c>pikku.console.authorization-interval</c>, and never longer than the sign-in.</summary>
    public async ValueTask<bool> MaySeeAsync() =>
        !HasEnded() && ((clock.GetElapsedTime(Volatile.Read(ref _allowedAt)) < interval && !hasExpired()) || await AskAsync());

    /// <summary>Asks at once, because the application says that the rights of the operator may have changed. It never fails.</summary>
    public Task ReviewAsync() => AskAsync();

    // The right may have been lost before the first message said which connection it is, so the connection is closed here as well.
    private bool HasEnded()
    {
        if (_ending is not { } ending)
            return false;
        _channel?.Close(ending.Code, ending.Reason);
        return true;
    }

    private async Task<bool> AskAsync()
    {
        var began = clock.GetTimestamp();
        try
        {
            switch (await ask())
            {
                case AccessAnswer.Allowed:
                    // A slower question that began earlier may end later. It only brings the next question forward.
                    Volatile.Write(ref _allowedAt, began);
                    return !HasEnded();
                case AccessAnswer.SignInEnded:
                    End(new Ending(SignInEnded, "the sign-in has ended; retry=never"));
                    return false;
                default:
                    End(new Ending(Denied, "the authorization policy denies the console; retry=never"));
                    return false;
            }
        }
        catch (Exception e)
        {
            // Nobody knows whether the operator still has the right. The page connects again, and the upgrade decides.
            ConsoleLog.NotAsked(log, operatorName, e);
            End(new Ending(CloseCode.InternalError, "the authorization failed"));
            return false;
        }
    }

    private void End(Ending ending)
    {
        if (Interlocked.CompareExchange(ref _ending, ending, null) is null)
            ConsoleLog.Ended(log, operatorName, _channel?.Id, ending.Reason);
        HasEnded();
    }

    private sealed record Ending(CloseCode Code, string Reason);
}
