using Microsoft.Extensions.Logging;

namespace Pikku.Akka.Diagnostics;

/// <summary>The log messages about connections and messages, with fixed ids. They never contain a payload, a token or a session.</summary>
internal sealed partial class PikkuLog(ILogger<PikkuLog> logger)
{
    [LoggerMessage(1, LogLevel.Error, "{Action} of connection {ChannelId} failed ({ErrorId})")]
    public partial void Failed(string action, string channelId, string errorId, Exception error);

    [LoggerMessage(2, LogLevel.Debug, "{Action} of connection {ChannelId} was refused: {Name}")]
    public partial void Refused(string action, string channelId, string name, Exception error);

    [LoggerMessage(3, LogLevel.Warning, "A callback on a cancellation token of connection {ChannelId} of channel {Channel} failed")]
    public partial void CancellationFailed(string channel, string channelId, Exception error);

    [LoggerMessage(4, LogLevel.Warning, "Disposing the services of {Action} of connection {ChannelId} failed")]
    public partial void ServicesNotDisposed(string action, string channelId, Exception error);

    [LoggerMessage(5, LogLevel.Warning, "{Action} of connection {ChannelId} passed its deadline of {Deadline} and was abandoned: {How}")]
    public partial void Abandoned(string action, string channelId, TimeSpan deadline, string how);

    [LoggerMessage(6, LogLevel.Warning, "Connection {ChannelId} of channel {Channel} is closed because the client reads too slowly: {Reason}")]
    public partial void SlowConsumer(string channel, string channelId, string reason);

    [LoggerMessage(7, LogLevel.Error, "Channel middleware dropped a {Kind} of channel {Channel} for connection {ChannelId}")]
    public partial void ChannelMiddlewareFailed(Enum kind, string channel, string channelId, Exception error);

    [LoggerMessage(8, LogLevel.Error, "A {Kind} of channel {Channel} for connection {ChannelId} can't be serialized after its channel middleware")]
    public partial void EventNotEncoded(Enum kind, string channel, string channelId, Exception error);

    [LoggerMessage(9, LogLevel.Warning, "A binary message of connection {ChannelId} of channel {Channel} failed")]
    public partial void BinaryFailed(string channel, string channelId, Exception error);

    [LoggerMessage(10, LogLevel.Error, "A handler of connection {ChannelId} for topic {Topic} failed")]
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

    [LoggerMessage(16, LogLevel.Warning, "{Connections} connections did not end within {Timeout} and are aborted")]
    public partial void DrainTimedOut(int connections, TimeSpan timeout);

    [LoggerMessage(17, LogLevel.Information, "Pikku.Akka serves {Channels}")]
    public partial void Started(string channels);

    [LoggerMessage(18, LogLevel.Error, "The actor of connection {ChannelId} of channel {Channel} failed; the connection is aborted")]
    public partial void ConnectionFailed(string channel, string channelId, Exception error);

    [LoggerMessage(19, LogLevel.Warning, "Sessions of a user who logged out may still exist on other nodes: {Reason}")]
    public partial void SessionsNotEnded(string reason);

    [LoggerMessage(20, LogLevel.Information, "The node has joined the cluster and is connected to all of its nodes")]
    public partial void Joined();

    [LoggerMessage(40, LogLevel.Warning, "The services of {Action} of connection {ChannelId} were not disposed within {Deadline} of its start; its reply is sent without waiting any longer. Look for a DisposeAsync that never completes, or a Dispose that blocks")]
    public partial void ServicesGivenUp(string action, string channelId, TimeSpan deadline);

    [LoggerMessage(41, LogLevel.Warning, "The services of a connection were not disposed within {Timeout} of its end; the node stops waiting for them. Look for a DisposeAsync that never completes, or a Dispose that blocks")]
    public partial void ConnectionServicesGivenUp(TimeSpan timeout);

    [LoggerMessage(42, LogLevel.Warning, "Disposing the services of a connection failed")]
    public partial void ConnectionServicesNotDisposed(Exception error);

    [LoggerMessage(43, LogLevel.Warning, "{Work} failed, and nothing waits for its result any more")]
    public partial void BackgroundFailed(string work, Exception error);

    [LoggerMessage(45, LogLevel.Error, "The subscriptions of connection {ChannelId} of channel {Channel} could not be authorized again, so the connection is closed")]
    public partial void NotAuthorized(string channel, string channelId, Exception error);

    [LoggerMessage(50, LogLevel.Warning, "Connection {ChannelId} of channel {Channel} is closed because its handlers process events more slowly than they are published")]
    public partial void SlowHandlers(string channel, string channelId);

    [LoggerMessage(51, LogLevel.Warning, "The function {Function} blocks its thread: {Action} of connection {ChannelId} has run on it for {Elapsed}, and other work waits for the thread. Await instead of blocking, or list the function in pikku.function.blocking")]
    public partial void FunctionBlocks(string function, string action, string channelId, TimeSpan elapsed);

    [LoggerMessage(53, LogLevel.Warning, "A handler of topic {Topic} blocks its thread: the handler of connection {ChannelId} has run on it for {Elapsed}, and other work waits for the thread. Await instead of blocking")]
    public partial void HandlerBlocks(string topic, string channelId, TimeSpan elapsed);

    [LoggerMessage(52, LogLevel.Warning, "Connections arrive without a client address, as over a unix socket: pikku.limits.connections-per-address does not apply to them. Behind a proxy, use its forwarded headers (UseForwardedHeaders)")]
    public partial void NoAddress();

    [LoggerMessage(60, LogLevel.Warning, "{Seed} is the only seed of this node (pikku.cluster.seeds). If that node restarts while others run, it forms a second cluster. List two or three nodes, the same on all nodes, or set pikku.cluster.state-directory.")]
    public partial void SingleSeed(string seed);

    [LoggerMessage(61, LogLevel.Warning, "Node {Node} is the only member of its cluster: it formed a new cluster, or all other nodes left. This is correct for the first node that starts. If other nodes run, they form another cluster: stop this node, and start it again when one of its seeds ({Seeds}) can be reached.")]
    public partial void Alone(string node, string seeds);

    [LoggerMessage(62, LogLevel.Error, "There are two clusters: the one of this node ({Members}) and a larger one ({Others}). They never merge. This node is no longer ready; restart it so that it joins the larger cluster.")]
    public partial void YieldsToOtherCluster(string members, string others);

    [LoggerMessage(63, LogLevel.Error, "There are two clusters: the one of this node ({Members}) and one ({Others}) that has to give way. They never merge. Restart the nodes of the other cluster.")]
    public partial void OtherCluster(string members, string others);

    [LoggerMessage(64, LogLevel.Warning, "A message from another node to connection {ChannelId} could not be delivered")]
    public partial void NotDelivered(string channelId, Exception error);

    [LoggerMessage(65, LogLevel.Warning, "The session store is full, so {Count} sessions that were not used for the longest time were dropped. Raise pikku.session.store-capacity = {Capacity} or pikku.session.store-max-memory = {Size} bytes if users lose their sessions too early")]
    public partial void SessionsDropped(int count, int capacity, int size);

    [LoggerMessage(81, LogLevel.Error, "The distributed cache of the sessions failed in {Operation}, the {Count}th time since this message was last logged. Clients receive ServiceUnavailableError")]
    public partial void SessionCacheFailed(string operation, int count, Exception error);

    [LoggerMessage(82, LogLevel.Warning, "{Count} stored sessions could not be read: they are of a type or a form that this version of the application does not have. Their users begin without them")]
    public partial void SessionsNotRead(int count);

    [LoggerMessage(66, LogLevel.Warning, "Messages to {Node} are refused from now on: {Size} bytes are on their way to it, as many as pikku.cluster.max-unacknowledged-messages allows. It does not read, or the network is too slow")]
    public partial void SendsRefused(string node, long size);

    [LoggerMessage(67, LogLevel.Error, "A message from another node to connection {ChannelId} was dropped: channel {Channel} declares the messages that it sends, and the type of this message is not among them. Declare it with AddClientMessage on that channel")]
    public partial void Undeclared(string channel, string channelId);

    [LoggerMessage(68, LogLevel.Warning, "{Reason}")]
    public partial void WaitsForCluster(string reason);

    [LoggerMessage(115, LogLevel.Warning, "The discovery of nodes fails: {Reason} It is tried again")]
    public partial void DiscoveryFails(string reason);

    [LoggerMessage(116, LogLevel.Information, "The discovery of nodes works again")]
    public partial void DiscoveryWorks();

    [LoggerMessage(69, LogLevel.Error, "{Reason}")]
    public partial void CutOff(string reason);

    [LoggerMessage(76, LogLevel.Information, "The node has contact with a majority of its cluster again, and accepts connections and publishes")]
    public partial void InContact();

    [LoggerMessage(77, LogLevel.Warning, "The node is still cut off from its cluster. It closes its {Count} connections, so that their clients use another node")]
    public partial void SendsElsewhere(int count);

    [LoggerMessage(70, LogLevel.Critical, "The component {Part} of the node failed and can't be restarted; the node is no longer ready and must be restarted")]
    public partial void PartLost(string part, Exception? error);

    [LoggerMessage(71, LogLevel.Warning, "No channel is mapped, so no client can connect to {Channels}. Call app.MapPikku() before the application runs")]
    public partial void NotMapped(string channels);

    [LoggerMessage(72, LogLevel.Warning, "{Problem}")]
    public partial void Warning(string problem);

    [LoggerMessage(73, LogLevel.Warning, "The server accepts every host name, and pages of the server's own origin may connect. An attacker who points a domain name to this server (DNS rebinding) gets that origin. Set AllowedHosts to the names of the server, such as \"AllowedHosts\": \"chat.example.com\"")]
    public partial void AnyHost();

    [LoggerMessage(74, LogLevel.Debug, "An upgrade to {Channel} had credentials that are not accepted, such as an expired cookie, and continues as a guest: {Reason}")]
    public partial void CredentialsIgnored(string channel, string reason);

    [LoggerMessage(75, LogLevel.Information, "A client of {Channel} sent a bearer token, but no authentication scheme read it; the default scheme is {Scheme}. Make a scheme that reads bearer tokens the default, or select one with a policy scheme")]
    public partial void TokenNotRead(string channel, string scheme);

    [LoggerMessage(83, LogLevel.Warning, "The answer to a request with an idempotency key could not be kept. A retry of the request is carried out again")]
    public partial void AnswerNotKept(Exception reason);

    [LoggerMessage(90, LogLevel.Warning, "{Count} requests of pages were refused since this message was last logged. The last page had the origin {Origin}, which was compared with {Own}, the origin of the request as this node sees it, and with pikku.upgrade.origins = [{Allowed}]. Add the origin to pikku.upgrade.origins if its pages may connect. If the page comes from this server through a proxy, let the node see the scheme and the host of the page (UseForwardedHeaders)")]
    public partial void OriginRefused(int count, string origin, string own, string allowed);

    [LoggerMessage(91, LogLevel.Warning, "{Count} connections have the address {Address}, and a further one came with the header X-Forwarded-For, which nothing has processed. The address seems to be a proxy, whose clients all count as one. Call UseForwardedHeaders with the proxy in KnownProxies, or raise pikku.limits.connections-per-address = {Capacity}")]
    public partial void SharedAddress(int count, System.Net.IPAddress address, int capacity);

    [LoggerMessage(105, LogLevel.Information, "{Operator} had the decision about {What} of channel {Channel} explained for user {User}: {Verdict}")]
    public partial void Explained(string @operator, string user, string channel, string what, Enum verdict);

    [LoggerMessage(106, LogLevel.Information, "{Operator} traces the messages of user {User} for at most {Duration}")]
    public partial void TraceStarted(string @operator, string user, TimeSpan duration);

    [LoggerMessage(107, LogLevel.Information, "The trace of user {User} that {Operator} started has ended")]
    public partial void TraceEnded(string @operator, string user);

    [LoggerMessage(108, LogLevel.Information, "{Operator} records a connection of {Target} for at most {Duration} ({Recording})")]
    public partial void RecordingStarted(string @operator, string target, string recording, TimeSpan duration);

    [LoggerMessage(109, LogLevel.Information, "{Operator} has read the recording {Recording} of {Messages} messages")]
    public partial void RecordingRead(string @operator, string recording, int messages);
}
