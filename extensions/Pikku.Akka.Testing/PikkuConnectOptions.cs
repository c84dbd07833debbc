using System.Security.Claims;

namespace Pikku.Akka;

/// <summary>How a test connects to a channel.</summary>
public sealed record PikkuConnectOptions
{
    /// <summary>The subprotocol; null for none, so that messages are flat. Default: <c>pikku.v1</c>.</summary>
    public string? Subprotocol { get; init; } = "pikku.v1";

    /// <summary>The opening data. Its properties fill the placeholders of the channel's route; the others are added as a query.</summary>
    public object? OpeningData { get; init; }

    /// <summary>The user, who has the claims <c>sub</c> and <see cref="ClaimTypes.NameIdentifier"/>. Null for none.</summary>
    public string? UserId { get; init; }

    /// <summary>The principal of the connection, in place of <see cref="UserId"/>. The application is not asked for it; its <c>UseSession</c> creates the session.</summary>
    public ClaimsPrincipal? User { get; init; }

    /// <summary>The session of the connection, in place of <see cref="User"/> and of the application's <c>UseSession</c>.</summary>
    public IPikkuSession? Session { get; init; }

    /// <summary>The token for <c>Authorization: Bearer</c>, which the application authenticates as in production. Null for none.</summary>
    public string? Token { get; init; }

    /// <summary>Additional headers of the request.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    internal ClaimsPrincipal? Principal()
    {
        if (Session is null && User is not null)
            return User;
        if (Session is null && UserId is null)
            return null;
        Claim[] claims = (Session is null ? UserId : Session.UserId) is { } id ? [new Claim("sub", id), new Claim(ClaimTypes.NameIdentifier, id)] : [];
        return new Testing.TestPrincipal(new ClaimsIdentity(claims, "test"), Session);
    }
}
