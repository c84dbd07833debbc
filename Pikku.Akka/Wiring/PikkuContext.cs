using System.Security.Claims;
using Pikku.Akka.Sessions;

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
    /// <exception cref="InvalidSessionError">
    /// Another message of this connection has ended the session since this call began, or the session of the user was cleared or revoked on another connection since
    /// the login. The connection has no session then.
    /// </exception>
    public ValueTask SetSessionAsync(IPikkuSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        // Read before the session is set. When that succeeds, no session has ended in between, so the fence belongs to the session that this call has seen.
        var fence = session.UserId is { } user ? _call.Session.FenceOf(user) : null;
        var setting = _call.TrySetSessionAsync(session, _epoch);
        if (!setting.IsCompletedSuccessfully)
            return SetSlowlyAsync(setting, session, fence);
        Demand(setting.Result);
        return StoreAsync(session, fence);
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

    /// <inheritdoc cref="IPikkuCall.OpenStream"/>
    internal IItemSink OpenStream() => _call.OpenStream();

    private async ValueTask SetSlowlyAsync(ValueTask<bool> setting, IPikkuSession session, SessionFence? fence)
    {
        Demand(await setting);
        await StoreAsync(session, fence);
    }

    private ValueTask StoreAsync(IPikkuSession session, SessionFence? fence)
    {
        if (session.UserId is not { } user)
            return default;
        return _call.SessionStore is IFencedSessionStore store
            ? StoreAsync(store, user, session, fence)
            : _call.SessionStore.SetAsync(user, session, CancellationToken);
    }

    // A clear on another node may not have reached this connection yet, although the store knows it.
    private async ValueTask StoreAsync(IFencedSessionStore store, string user, IPikkuSession session, SessionFence? fence)
    {
        fence ??= _call.Session.Adopt(user, await store.FenceOfAsync(user, CancellationToken), _epoch);
        Demand(fence is not null);
        try
        {
            await store.SetAsync(user, session, fence!, CancellationToken);
        }
        catch (InvalidSessionError) when (_call.Session.Epoch == _epoch)
        {
            await _call.ClearSessionAsync();
            throw;
        }
    }

    private static void Demand(bool set)
    {
        if (!set)
            throw new InvalidSessionError("Another message ended the session while this one was running.");
    }
}
