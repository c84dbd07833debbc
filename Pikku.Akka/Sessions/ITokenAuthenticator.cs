namespace Pikku.Akka.Sessions;

/// <summary>
/// Judges a token that the client of a connection sends later, as the upgrade of that connection judged the first one. A port, because authentication
/// belongs to a higher floor.
/// </summary>
internal interface ITokenAuthenticator
{
    /// <summary>Authenticates a token, and creates its session as at the upgrade (G3).</summary>
    /// <param name="token">The token. It must not be logged.</param>
    /// <param name="services">The services of the call.</param>
    /// <param name="cancellationToken">Fires when the connection has gone or the deadline has passed.</param>
    /// <exception cref="UnauthorizedError">The token is not accepted, or it has no session.</exception>
    /// <exception cref="ForbiddenError">The token is valid, but its user may not open the connection.</exception>
    ValueTask<AcceptedToken> AuthenticateAsync(string token, IServiceProvider services, CancellationToken cancellationToken);
}
