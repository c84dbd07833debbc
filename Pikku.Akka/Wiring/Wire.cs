namespace Pikku.Akka;

/// <summary>What a function, middleware or permission gets beside its data and its services: one object per call.</summary>
public sealed class Wire
{
    private readonly IPikkuCall _call;
    private Dictionary<string, object?>? _items;
    private int _epoch;

    internal Wire(IPikkuCall call)
    {
        _call = call;
        _epoch = call.Session.Epoch;
    }

    /// <summary>The connection.</summary>
    public IPikkuChannel Channel => _call.Channel;

    /// <summary>The session as it is now, not as it was when the call began; null when nobody has signed in.</summary>
    public IPikkuSession? Session => _call.Session.Current;

    /// <summary>The event hub.</summary>
    public WireEventHub EventHub => new(_call.EventHub, Channel);

    /// <summary>The services of this call.</summary>
    public IServiceProvider Services => _call.Services;

    /// <summary>The action, such as <c>send</c>; null in a lifecycle function, the default and the binary handler.</summary>
    public string? Action => _call.ActionName;

    /// <summary>Fires when the connection goes or the deadline of the call passes (<c>pikku.function.timeout</c>).</summary>
    public CancellationToken Cancellation => _call.Cancellation;

    /// <summary>Whatever middleware and function of this call want to share.</summary>
    public IDictionary<string, object?> Items => _items ??= [];

    /// <summary>The session as the application's own type.</summary>
    /// <typeparam name="TSession">The application's session.</typeparam>
    /// <exception cref="ForbiddenError">There is none, or it is of another type.</exception>
    public TSession GetSession<TSession>() where TSession : class, IPikkuSession =>
        Session as TSession ?? throw new ForbiddenError($"A session of type {typeof(TSession)} is needed.");

    /// <summary>
    /// Makes a session that of this connection, in force at once, and stores it for the user's next connection, in force when the task
    /// completes.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <exception cref="InvalidSessionError">Another message of this connection has ended the session since this call began.</exception>
    public ValueTask SetSession(IPikkuSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var setting = _call.TrySetSession(session, _epoch);
        if (!setting.IsCompletedSuccessfully)
            return SetSlowly(setting, session);
        Demand(setting.Result);
        return Store(session);
    }

    /// <summary>
    /// Ends the session of this connection at once; when the task completes, the stored one of its user is removed, and his other connections
    /// have lost theirs unless <c>pikku.session.on-clear</c> says otherwise.
    /// </summary>
    public async ValueTask ClearSession()
    {
        var clearing = _call.ClearSession();
        (var ended, _epoch) = clearing.IsCompletedSuccessfully ? clearing.Result : await clearing;
        if (ended?.UserId is { } user)
            await _call.SessionStore.ClearAsync(user, Cancellation);
    }

    private async ValueTask SetSlowly(ValueTask<bool> setting, IPikkuSession session)
    {
        Demand(await setting);
        await Store(session);
    }

    private ValueTask Store(IPikkuSession session) =>
        session.UserId is { } user ? _call.SessionStore.SetAsync(user, session, Cancellation) : default;

    private static void Demand(bool set)
    {
        if (!set)
            throw new InvalidSessionError("Another message ended the session while this one was running.");
    }
}
