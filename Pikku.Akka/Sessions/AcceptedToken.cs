using System.Security.Claims;

namespace Pikku.Akka.Sessions;

/// <summary>What a token that was accepted gives its connection.</summary>
/// <param name="User">The principal.</param>
/// <param name="Session">The session, merged over the stored one.</param>
/// <param name="End">The end of the token; null when it has none.</param>
internal sealed record AcceptedToken(ClaimsPrincipal User, IPikkuSession Session, TokenEnd? End);
