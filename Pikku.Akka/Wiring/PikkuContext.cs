using System.Security.Claims;

namespace Pikku.Akka;

/// <summary>The context of a call for a function, middleware or permission, in addition to data and services: one object per call.</summary>
public sealed class PikkuContext
{
    private readonly IPikkuCall _call;
    private Dictionary<object, object?>? _items;
    private int _epoch;

    internal PikkuContext(IPikkuCall call)
    {
        _call = call;
        _epoch = call.Session.Epoch;
    }

    /// <summary>The connection.</summary>
    public IPikkuChannel Channel => _call.Channel;

    /// <summary>The current session, which may have changed since the call began; null when the client has no session.</summary>
    public IPikkuSession? Session => _call.Session.Current;

    /// <summary>The principal that was authenticated at the upgrade, or an anonymous one. It is kept only for channels that ask a policy of ASP.NET Core.</summary>
    internal ClaimsPrincipal User => _call.User ?? new ClaimsPrincipal(new ClaimsIdentity());

    /// <summary>The event hub.</summary>
    public ChannelEventHub EventHub => new(_call.EventHub, Channel);

    /// <summary>The services of this call.</summary>
    public IServiceProvider Services => _call.Services;

    /// <summary>The action, such as <c>send</c>; null in lifecycle functions, the default handler and the binary handler.</summary>
    public string? Action => _call.ActionName;

    /// <summary>Canceled when the connection ends or the deadline of the call passes (<c>pikku.function.timeout</c>).</summary>
    public CancellationToken CancellationToken => _call.Cancellation;

    /// <summary>Values that middleware and function of this call share.</summary>
    public IDictionary<object, object?> Items => _items ??= [];

    /// <summary>Returns the session as the application's own type, or null if there is no session or it has another type.</summary>
    /// <typeparam name="TSession">The application's session type.</typeparam>
    public TSession? GetSession<TSession>() where TSession : class, IPikkuSession => Session as TSession;

    /// <summary>Returns the session as the application's own type.</summary>
    /// <typeparam name="TSession">The application's session type.</typeparam>
    /// <exception cref="ForbiddenError">There is no session, or it has another type.</exception>
    public TSession GetRequiredSession<TSession>() where TSession : class, IPikkuSession =>
        Session as TSession ?? throw new ForbiddenError($"A session of type {typeof(TSession)} is needed.");

    /// <summary>
    /// Sets the session of this connection, which takes effect immediately, and stores it for the user's next connection, which takes effect when
    /// the task completes.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <exception cref="InvalidSessionError">Another message of this connection has ended the session since this call began.</exception>
    public ValueTask SetSessionAsync(IPikkuSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var setting = _call.TrySetSessionAsync(session, _epoch);
        if (!setting.IsCompletedSuccessfully)
            return SetSlowlyAsync(setting, session);
        Demand(setting.Result);
        return StoreAsync(session);
    }

    /// <summary>
    /// Ends the session of this connection immediately. When the task completes, the stored session of the user is removed and the user's other
    /// connections have lost their sessions, unless <c>pikku.session.on-clear</c> says otherwise.
    /// </summary>
    public async ValueTask ClearSessionAsync()
    {
        var clearing = _call.ClearSessionAsync();
        (var ended, _epoch) = clearing.IsCompletedSuccessfully ? clearing.Result : await clearing;
        if (ended?.UserId is { } user)
            await _call.SessionStore.ClearAsync(user, CancellationToken);
    }

    private async ValueTask SetSlowlyAsync(ValueTask<bool> setting, IPikkuSession session)
    {
        Demand(await setting);
        await StoreAsync(session);
    }

    private ValueTask StoreAsync(IPikkuSession session) =>
        session.UserId is { } user ? _call.SessionStore.SetAsync(user, session, CancellationToken) : default;

    private static void Demand(bool set)
    {
        if (!set)
            throw new InvalidSessionError("Another message ended the session while this one was running.");
    }
}
