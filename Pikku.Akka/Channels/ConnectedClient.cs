using System.Security.Claims;
using Pikku.Akka.Dispatch;
using Pikku.Akka.EventHub;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Channels;

/// <summary>
/// What a connection knows of its client: the data with which it connected, its user and session, its subscriptions and what it is allowed, and the state that
/// the application keeps for it. Thread-safe.
/// </summary>
internal abstract class ConnectedClient
{
    // One static lock is enough, because it is taken once per connection that subscribes, and only briefly.
    private static readonly Lock s_gate = new();

    private ConnectionAuthorization? _authorization;
    private KeptAnswer? _allowed;
    private volatile ClaimsPrincipal? _user;
    private volatile object? _state;

    private protected ConnectedClient(
        string id, ChannelEndpoint endpoint, object? openingData, IServiceProvider services, SessionHolder session, AmbientContext ambient, ClaimsPrincipal? user)
    {
        Id = id;
        Endpoint = endpoint;
        OpeningDataOrNull = openingData;
        Services = services;
        Session = session;
        Ambient = ambient;
        User = user;
    }

    public string Id { get; }

    public string Name => Endpoint.Definition.Name;

    public ChannelEndpoint Endpoint { get; }

    public IServiceProvider Services { get; }

    public SessionHolder Session { get; }

    public SubscriptionLedger Subscriptions { get; } = new();

    /// <summary>The subscriptions that the client has made by itself, and their authorization; null before the client has subscribed, unless the channel has permissions.</summary>
    public ConnectionAuthorization? Authorization => Volatile.Read(ref _authorization);

    /// <summary>The principal that was authenticated at the upgrade or by a later token; null for none, and where no policy may be asked about it.</summary>
    public ClaimsPrincipal? User
    {
        get => _user;
        private set => _user = Endpoint.Definition.NeedsPrincipal ? value : null;
    }

    /// <summary>The last yes of the permissions of the channel; null when it has none or none is kept. Used through <see cref="EndpointPermission"/>.</summary>
    public KeptAnswer? Allowed
    {
        get => Volatile.Read(ref _allowed);
        set => Volatile.Write(ref _allowed, value);
    }

    /// <summary>The ambient context (<see cref="ExecutionContext"/>) in which user code of this connection runs.</summary>
    public AmbientContext Ambient { get; }

    /// <summary>Judges tokens that the client sends later; null when the connection was opened without ASP.NET Core.</summary>
    public ITokenAuthenticator? Authenticator { get; init; }

    public object? OpeningDataOrNull { get; }

    public T GetOpeningData<T>() => OpeningDataOrNull is T data
        ? data
        : throw new InvalidCastException($"The channel '{Name}' declares {Endpoint.Definition.OpeningData?.ToString() ?? "no opening data"}, not {typeof(T)}.");

    /// <summary>True when a session exists and has expired. Runs user code, because the session is a type of the application.</summary>
    public bool HasExpired()
    {
        using (Ambient.Enter())
            return Session.IsExpired;
    }

    /// <summary>Returns when the session expires; null without a session or without an expiry. Runs user code, as above.</summary>
    public DateTimeOffset? ReadSessionExpiry()
    {
        using (Ambient.Enter())
            return Session.Current?.ExpiresAt;
    }

    /// <summary>Puts the session of a new token into force, and with it the principal and the end of the token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="epoch">The epoch of the session before the token was checked.</param>
    public SessionRenewal Renew(AcceptedToken token, int epoch) =>
        // The principal first: the new session makes the permissions be asked again, and a policy is asked about the principal.
        Session.Renew(token.Session, token.End, epoch, () => User = token.User);

    /// <summary>Returns the <see cref="Authorization"/>, and creates it on first use.</summary>
    public ConnectionAuthorization GetAuthorization()
    {
        if (Authorization is { } known)
            return known;
        lock (s_gate)
        {
            if (_authorization is not null)
                return _authorization;
            var authorization = NewAuthorization();
            // Watch first: whoever sees the object relies on it to notice each change of the session.
            Session.WatchChanges(authorization.NoteSessionChanged);
            Volatile.Write(ref _authorization, authorization);
            return authorization;
        }
    }

    public T? GetState<T>() => _state is { } state ? (T)state : default;

    public void SetState<T>(T state) => _state = state;

    public void ClearState() => _state = null;

    /// <summary>Logs an exception of a callback that user code registered with a cancellation token of this connection.</summary>
    public void CallbackFailed(Exception error) => Endpoint.LogCallbackFailure(Id, error);

    private protected abstract ConnectionAuthorization NewAuthorization();
}
