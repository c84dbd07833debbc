using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Pikku.Akka.Channels;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Requests;

/// <summary>What is known of a connection before it opens.</summary>
/// <param name="Id">The id of the connection.</param>
/// <param name="User">The principal; null for none.</param>
/// <param name="Session">Holds the session.</param>
/// <param name="Opening">The opening data; null for none.</param>
/// <param name="Authenticator">Judges tokens that the client sends later.</param>
/// <param name="AskedFor">The session for which the permissions of the channel were asked; null when there is none, and they were not asked.</param>
internal sealed record PreparedConnection(
    string Id, ClaimsPrincipal? User, SessionHolder Session, object? Opening, ITokenAuthenticator Authenticator, IPikkuSession? AskedFor)
{
    /// <summary>Creates the connection.</summary>
    /// <param name="context">The request.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="transport">The transport of the connection.</param>
    /// <param name="isEnveloped">True on the subprotocol <c>pikku.v1</c>.</param>
    public Connection Connect(HttpContext context, ChannelEndpoint channel, RequestTransport transport, bool isEnveloped)
    {
        var ambient = AmbientContext.Capture(channel.Settings.Trace.Ratio >= 1 ? null : UnrecordedActivity.Create());
        var connection = new Connection(
            Id, channel, Opening, context.RequestServices, Session, isEnveloped, ambient, transport, User) { Authenticator = Authenticator };
        if (AskedFor is not null)
            channel.Definition.Permission?.Keep(connection, AskedFor);
        return connection;
    }
}
