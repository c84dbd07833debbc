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

    [LoggerMessage(5, LogLevel.Warning, "{Action} of connection {ChannelId} passed its deadline of {Deadline} and was abandoned: {How}")]
    public partial void Abandoned(string action, string channelId, TimeSpan deadline, string how);

    [LoggerMessage(6, LogLevel.Warning, "Connection {ChannelId} of channel {Channel} reads too slowly and is closed: {Reason}")]
    public partial void SlowConsumer(string channel, string channelId, string reason);

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

    [LoggerMessage(40, LogLevel.Warning, "The services of {Action} of connection {ChannelId} were not disposed of within {Deadline} of its start; its reply is sent without that. Look for a DisposeAsync that never completes, or a Dispose that blocks")]
    public partial void ServicesGivenUp(string action, string channelId, TimeSpan deadline);

    [LoggerMessage(41, LogLevel.Warning, "The services of a connection were not disposed of within {Timeout} of its end; nobody waits for them any more. Look for a DisposeAsync that never completes, or a Dispose that blocks")]
    public partial void ConnectionServicesGivenUp(TimeSpan timeout);

    [LoggerMessage(42, LogLevel.Warning, "The services of a connection failed to be disposed")]
    public partial void ConnectionServicesNotDisposed(Exception error);

    [LoggerMessage(50, LogLevel.Warning, "Handlers of connection {ChannelId} of channel {Channel} take events more slowly than they are published; the connection is closed")]
    public partial void SlowHandlers(string channel, string channelId);

    [LoggerMessage(51, LogLevel.Warning, "The function {Function} blocks its thread: {Action} of connection {ChannelId} has kept it for {Elapsed}. Others wait for that thread: let the function await what it waits for, or name it in pikku.function.blocking")]
    public partial void FunctionBlocks(string function, string action, string channelId, TimeSpan elapsed);

    [LoggerMessage(53, LogLevel.Warning, "A handler of topic {Topic} blocks its thread: that of connection {ChannelId} has kept it for {Elapsed}. Others wait for that thread: let the handler await what it waits for")]
    public partial void HandlerBlocks(string topic, string channelId, TimeSpan elapsed);

    [LoggerMessage(52, LogLevel.Warning, "Connections come without an address of their client, as they do by a unix socket: pikku.limits.connections-per-address does not hold for them. Behind a proxy, honour its forwarded headers (UseForwardedHeaders)")]
    public partial void NoAddress();

    [LoggerMessage(60, LogLevel.Warning, "{Seed} is the only seed that this node knows (pikku.cluster.seeds). When that node is restarted while others run, it begins a second cluster. List two or three nodes, the same on all of them.")]
    public partial void SingleSeed(string seed);

    [LoggerMessage(61, LogLevel.Warning, "Node {Node} is the only member of its cluster: it began a new one, or all others left. That is right for the first node that starts. If others run, they form another cluster: stop this node, and start it again when one of its seeds ({Seeds}) can be reached.")]
    public partial void Alone(string node, string seeds);

    [LoggerMessage(62, LogLevel.Error, "There are two clusters: that of this node ({Members}), and a larger one ({Others}). They never join by themselves. This node is not ready any more; restart it, so that it joins the larger one.")]
    public partial void YieldsToOtherCluster(string members, string others);

    [LoggerMessage(63, LogLevel.Error, "There are two clusters: that of this node ({Members}), and one ({Others}) that has to give way. They never join by themselves. Restart the nodes of the other one.")]
    public partial void OtherCluster(string members, string others);

    [LoggerMessage(64, LogLevel.Warning, "A message of another node for connection {ChannelId} could not be delivered")]
    public partial void NotDelivered(string channelId, Exception error);

    [LoggerMessage(65, LogLevel.Warning, "The session store reached its size of {Size} bytes for one part; {Count} sessions that were not used for the longest time are forgotten")]
    public partial void SessionsForgotten(long size, int count);

    [LoggerMessage(66, LogLevel.Warning, "Messages to {Node} are refused from now on: {Size} bytes are on their way to it, as many as pikku.cluster.max-unacknowledged-messages allows. It does not read, or the network is too slow")]
    public partial void SendsRefused(string node, long size);

    [LoggerMessage(70, LogLevel.Critical, "The part {Part} of the node ended and can't be started again; the node is not ready any more and must be restarted")]
    public partial void PartLost(string part, Exception? error);

    [LoggerMessage(71, LogLevel.Warning, "No channel is mapped, so no client can connect to {Channels}. Call app.MapPikku() before the application runs")]
    public partial void NotMapped(string channels);

    [LoggerMessage(72, LogLevel.Warning, "{Problem}")]
    public partial void Warning(string problem);

    [LoggerMessage(73, LogLevel.Warning, "The server answers to every host name, and a page of the server's own origin may connect. A page whose name its owner points to this server (DNS rebinding) has that origin, too. Set AllowedHosts to the names of the server, such as \"AllowedHosts\": \"chat.example.com\"")]
    public partial void AnyHost();

    [LoggerMessage(74, LogLevel.Debug, "An upgrade to {Channel} showed credentials that are not accepted, such as an old cookie, and goes on as that of a guest: {Reason}")]
    public partial void CredentialsIgnored(string channel, string reason);

    [LoggerMessage(75, LogLevel.Information, "An upgrade to {Channel} showed a bearer token, and no scheme looked at it; the default scheme is {Scheme}. Make a scheme that reads bearer tokens the default one, or select one by a policy scheme")]
    public partial void TokenNotRead(string channel, string scheme);
}
