using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pikku.Akka.Sessions;

/// <summary>Makes the session that a connection begins with: that of the token, over what an action stored for its user (G3).</summary>
internal sealed class SessionOpener(
    ISessionStore store, Func<ClaimsPrincipal, IPikkuSession?>? fromPrincipal, Func<IPikkuSession, IPikkuSession, IPikkuSession>? merge,
    JsonSerializerOptions json, TimeProvider clock)
{
    public async ValueTask<SessionHolder> OpenAsync(ClaimsPrincipal? principal, CancellationToken cancellationToken, TokenEnd? end = null)
    {
        var holder = new SessionHolder(clock, end);
        if (principal is null || fromPrincipal?.Invoke(principal) is not { } token)
            return holder;
        var stored = token.UserId is { } user ? await store.GetAsync(user, cancellationToken) : null;
        // A store need not know when a session ends, and one that has ended must not end the token's.
        if (stored?.ExpiresAt <= clock.GetUtcNow())
            stored = null;
        holder.TrySet(stored is null ? token : (merge ?? MergeProperties)(stored, token), holder.Epoch);
        return holder;
    }

    // Every property that the token's session has wins over the stored one; sessions of different types have nothing to merge.
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
