using Microsoft.Extensions.Logging;

namespace Pikku.Akka.Diagnostics;

/// <summary>What is logged about connections and messages, with fixed ids. Never a payload, a token or a session.</summary>
internal sealed partial class PikkuLog(ILogger<PikkuLog> logger)
{
    [LoggerMessage(1, LogLevel.Error, "{Action} of connection {ChannelId} failed ({ErrorId})")]
    public partial void Failed(string action, string channelId, string errorId, Exception error);

    [LoggerMessage(2, LogLevel.Debug, "{Action} of connection {ChannelId} was refused: {Name}")]
    public partial void Refused(string action, string channelId, string name, Exception error);

    [LoggerMessage(3, LogLevel.Warning, "What was registered with a cancellation token of connection {ChannelId} of channel {Channel} failed")]
    public partial void CancellationFailed(string channel, string channelId, Exception error);

    [LoggerMessage(4, LogLevel.Warning, "The services of {Action} of connection {ChannelId} failed to be disposed")]
    public partial void ServicesNotDisposed(string action, string channelId, Exception error);

    [LoggerMessage(5, LogLevel.Warning, "{Action} of connection {ChannelId} passed its deadline of {Deadline} and was abandoned")]
    public partial void Abandoned(string action, string channelId, TimeSpan deadline);

    [LoggerMessage(6, LogLevel.Warning, "Connection {ChannelId} of channel {Channel} reads too slowly and is closed")]
    public partial void SlowConsumer(string channel, string channelId);

    [LoggerMessage(7, LogLevel.Error, "Channel middleware dropped a {Kind} of channel {Channel} for connection {ChannelId}")]
    public partial void ChannelMiddlewareFailed(Enum kind, string channel, string channelId, Exception error);

    [LoggerMessage(8, LogLevel.Error, "A {Kind} of channel {Channel} for connection {ChannelId} can't be serialised after its middleware")]
    public partial void EventNotEncoded(Enum kind, string channel, string channelId, Exception error);

    [LoggerMessage(9, LogLevel.Warning, "A binary message of connection {ChannelId} of channel {Channel} failed")]
    public partial void BinaryFailed(string channel, string channelId, Exception error);

    [LoggerMessage(10, LogLevel.Error, "A handler of topic {Topic} of connection {ChannelId} failed")]
    public partial void EventHandlerFailed(string topic, string channelId, Exception error);

    [LoggerMessage(11, LogLevel.Warning, "Connection {ChannelId} of channel {Channel} is closed: {Reason}")]
    public partial void Closing(string channel, string channelId, string reason);

    [LoggerMessage(12, LogLevel.Debug, "Connection {ChannelId} of channel {Channel} ended: {How}")]
    public partial void Ended(string channel, string channelId, string how);

    [LoggerMessage(13, LogLevel.Information, "An upgrade to {Channel} was refused with {Status}: {Reason}")]
    public partial void UpgradeRefused(string channel, int status, string reason);

    [LoggerMessage(14, LogLevel.Error, "An upgrade to {Channel} failed")]
    public partial void UpgradeFailed(string channel, Exception error);

    [LoggerMessage(15, LogLevel.Information, "Draining {Connections} connections within {Timeout}")]
    public partial void Draining(int connections, TimeSpan timeout);

    [LoggerMessage(16, LogLevel.Warning, "{Connections} connections were not done within {Timeout} and are cut off")]
    public partial void DrainTimedOut(int connections, TimeSpan timeout);

    [LoggerMessage(17, LogLevel.Information, "Pikku.Akka serves {Channels}")]
    public partial void Started(string channels);

    [LoggerMessage(18, LogLevel.Error, "The actor of connection {ChannelId} of channel {Channel} failed; the connection is cut off")]
    public partial void ConnectionFailed(string channel, string channelId, Exception error);

    [LoggerMessage(19, LogLevel.Warning, "The sessions of a user who logged out may live on elsewhere: {Reason}")]
    public partial void SessionsNotEnded(string reason);

    [LoggerMessage(20, LogLevel.Information, "The node belongs to the cluster and is linked with all of its nodes")]
    public partial void Joined();

    [LoggerMessage(40, LogLevel.Critical, "The part {Part} of the node ended and can't be started again; the node is not ready any more and must be restarted")]
    public partial void PartLost(string part, Exception? error);

    [LoggerMessage(41, LogLevel.Warning, "No channel is mapped, so no client can connect to {Channels}. Call app.MapPikku() before the application runs")]
    public partial void NotMapped(string channels);

    [LoggerMessage(42, LogLevel.Warning, "{Problem}")]
    public partial void Warning(string problem);

    [LoggerMessage(43, LogLevel.Warning, "The server answers to every host name, and a page of the server's own origin may connect. A page whose name its owner points to this server (DNS rebinding) has that origin, too. Set AllowedHosts to the names of the server, such as \"AllowedHosts\": \"chat.example.com\"")]
    public partial void AnyHost();

    [LoggerMessage(44, LogLevel.Debug, "An upgrade to {Channel} showed credentials that are not accepted, such as an old cookie, and goes on as that of a guest: {Reason}")]
    public partial void CredentialsIgnored(string channel, string reason);

    [LoggerMessage(45, LogLevel.Information, "An upgrade to {Channel} showed a bearer token, and no scheme looked at it; the default scheme is {Scheme}. Make a scheme that reads bearer tokens the default one, or select one by a policy scheme")]
    public partial void TokenNotRead(string channel, string scheme);
}
