using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pikku.Akka.Sessions;

/// <summary>Creates the session of a new connection, or of a new token: the session of the token, merged over the session that an action stored for the user (rule G3).</summary>
internal sealed class SessionOpener(
    IPikkuSessionStore store, Func<ClaimsPrincipal, IPikkuSession?>? fromPrincipal, Func<IPikkuSession, IPikkuSession, IPikkuSession>? merge,
    JsonSerializerOptions json, TimeProvider clock)
{
    /// <summary>Holds the session of a connection that has none yet.</summary>
    /// <param name="end">The end of its token; null when it has none.</param>
    public SessionHolder OpenWithout(TokenEnd? end = null) => new(clock, end);

    /// <summary>Creates the session of a principal for a connection.</summary>
    /// <param name="principal">The principal.</param>
    /// <param name="cancellationToken">Passed to the store.</param>
    /// <param name="end">The end of the token of the connection; null when it has none.</param>
    public async ValueTask<SessionHolder> OpenAsync(ClaimsPrincipal principal, CancellationToken cancellationToken, TokenEnd? end = null)
    {
        var holder = new SessionHolder(clock, end);
        var (session, fence) = await CreateFencedAsync(principal, cancellationToken);
        if (session is not null && holder.TrySet(session, holder.Epoch) && fence is not null && session.UserId is { } user)
            holder.Adopt(user, fence, holder.Epoch);
        return holder;
    }

    /// <summary>Creates the session of a principal; null when the application gives it none.</summary>
    public async ValueTask<IPikkuSession?> CreateAsync(ClaimsPrincipal principal, CancellationToken cancellationToken) =>
        (await CreateFencedAsync(principal, cancellationToken)).Session;

    private async ValueTask<(IPikkuSession? Session, SessionFence? Fence)> CreateFencedAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (fromPrincipal?.Invoke(principal) is not { } token)
            return (null, null);
        var (stored, fence) = token.UserId is { } user ? await ReadAsync(user, cancellationToken) : (null, null);
        // A store need not know when a session ends, and a stored session that has expired must not end the session of the token.
        if (stored?.ExpiresAt <= clock.GetUtcNow())
            stored = null;
        return (stored is null ? token : (merge ?? MergeProperties)(stored, token), fence);
    }

    private async ValueTask<(IPikkuSession? Session, SessionFence? Fence)> ReadAsync(string userId, CancellationToken cancellationToken) =>
        store is IFencedSessionStore fenced ? await fenced.OpenAsync(userId, cancellationToken) : (await store.GetAsync(userId, cancellationToken), null);

    // Every property of the token's session overrides the stored one. Sessions of different types are not merged.
    private IPikkuSession MergeProperties(IPikkuSession stored, IPikkuSession token)
    {
        if (stored.GetType() != token.GetType() ||
            JsonSerializer.SerializeToNode(stored, stored.GetType(), json) is not JsonObject merged ||
            JsonSerializer.SerializeToNode(token, token.GetType(), json) is not JsonObject fresh)
            return token;
        foreach (var (name, value) in fresh)
            if (value is not null)
                merged[name] = value.DeepClone();
        return (IPikkuSession?)merged.Deserialize(token.GetType(), json) ?? token;
    }
}
