using System.Text.Json;
using Pikku.Akka.Cluster;
using Pikku.Akka.EventHub;
using Pikku.Akka.Replication;
using Pikku.Akka.Sessions;
using Pikku.Akka.Tests.Support;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>
/// Messages between nodes whose bytes are stored, at least one of each kind. An example must not be changed or removed after its bytes were stored, because older
/// files are compared with it.
/// </summary>
internal static class WireExamples
{
    private static readonly Origin s_origin = new(0x1122334455667788);
    private static readonly RequestId s_request = new(0x0102030405060708, 9);

    public static IReadOnlyDictionary<string, object> All { get; } = new Dictionary<string, object>
    {
        ["events"] = Batch(),
        ["beat"] = LaneFrame.Of(3, -5, new LaneMessage.Beat(true, false, [(-5, 1_000_000_000_000), (7, 0)])),
        ["acknowledgement"] = LaneFrame.Of(3, -5, new LaneMessage.Acknowledge(1_000_000_000_001)),
        ["ask"] = LaneFrame.Of(3, -5, new LaneMessage.Ask(7, 12)),
        ["unavailable"] = LaneFrame.Of(3, -5, new LaneMessage.Unavailable(7, 12)),
        ["pull"] = LaneFrame.Of(3, -5, new LaneMessage.Pull(long.MaxValue, 300)),
        ["copy-head"] = LaneFrame.Of(3, -5, new LaneMessage.CopyHead(1, new Origin(2), [(7, 12), (-5, 4)], [7])),
        ["copy-chunk"] = LaneFrame.Of(3, -5, Chunk()),
        ["may-found"] = LaneFrame.Of(3, -5, LaneMessage.MayFound.Instance),
        ["promise"] = LaneFrame.Of(3, -5, LaneMessage.Promise.Instance),
        ["deliver"] = Of(new NodeMessage.Deliver(EventEncoder.EncodeMessage(HubAudience.Channel, "c1", new { Hello = 1 }, JsonSerializerOptions.Web, 1000))),
        ["deliver, named"] = Of(new NodeMessage.Deliver(EventEncoder.EncodeMessage(HubAudience.Channel, "c1", new { Hello = 1 }, JsonSerializerOptions.Web, 1000, "Greeting"))),
        ["close-channel"] = Of(new NodeMessage.CloseChannel("c1", CloseCode.TryAgainLater, "später")),
        ["change-subscription"] = Of(new NodeMessage.ChangeSubscription("news", "c1", true)),
        ["change-presence"] = Of(new NodeMessage.ChangePresence("room", "c1", """{"name":"Ann"}""")),
        ["change-presence, leave"] = Of(new NodeMessage.ChangePresence("room", "c1", null)),
        ["end-sessions"] = Of(new NodeMessage.EndSessions("ann", true)),
        ["get-report"] = Of(new NodeMessage.GetReport()),
        ["progress"] = Of(new NodeMessage.Progress(-1, 2, 3, 4_000_000_000)),
        ["greeting"] = Of(new NodeMessage.Greeting(true, ["a:1", "b:2"])),
        ["answer"] = Of(new NodeMessage.Answer(null, "{}")),
        ["answer, invalid topic"] = Of(new NodeMessage.Answer(EventHubErrorReason.InvalidTopic, "1")),
        ["answer, too large"] = Of(new NodeMessage.Answer(EventHubErrorReason.TooLarge, "2")),
        ["answer, not serializable"] = Of(new NodeMessage.Answer(EventHubErrorReason.NotSerializable, "3")),
        ["answer, too many subscriptions"] = Of(new NodeMessage.Answer(EventHubErrorReason.TooManySubscriptions, "4")),
        ["answer, unavailable"] = Of(new NodeMessage.Answer(EventHubErrorReason.Unavailable, "5")),
        ["answer, type mismatch"] = Of(new NodeMessage.Answer(EventHubErrorReason.TypeMismatch, "6")),
        ["call"] = Of(new NodeMessage.Call(
            "chat", "route 'action:send'", "c1", "session", """{"room":1}""", [1, 2, 3],
            new TokenEnd(DateTimeOffset.FromUnixTimeSeconds(2_000_000_000), TimeSpan.FromMinutes(5)), new SessionFence(1_700_000_000_000, 0x1122334455667788))),
        ["call, guest"] = Of(new NodeMessage.Call("chat", "route 'action:send'", "c1", null, null, [])),
        ["leaving"] = Of(new NodeMessage.Leaving()),
        ["cancel-call"] = Of(new NodeMessage.CancelCall()),
        ["change-session"] = Of(new NodeMessage.ChangeSession(300, "session")),
        ["change-session, end"] = Of(new NodeMessage.ChangeSession(1, null)),
        ["session-changed"] = Of(new NodeMessage.SessionChanged(1, true, null)),
        ["session-changed, failed"] = Of(new NodeMessage.SessionChanged(2, false, "no")),
        ["returned"] = Of(new NodeMessage.Returned(true, false, "{}"u8.ToArray(), null)),
        ["returned, failed"] = Of(new NodeMessage.Returned(false, false, [], """{"status":503}""")),
        ["disconnect"] = Of(new NodeMessage.Disconnect("ann", "board", "kicked retry=never")),
        ["disconnect, everywhere"] = Of(new NodeMessage.Disconnect("ann", null, "")),
        ["get-channels"] = Of(new NodeMessage.GetChannels("ann")),
        ["refresh"] = Of(new NodeMessage.Refresh("ann")),
        ["reauthorize"] = Of(new NodeMessage.Reauthorize("board:{boardId}")),
        ["end-subscriptions"] = Of(new NodeMessage.EndSubscriptions("ann", "board:7")),
        ["invoke-client"] = Of(new NodeMessage.InvokeClient("ann", true, "confirm", "{}"u8.ToArray())),
        ["invoke-client, one"] = Of(new NodeMessage.InvokeClient("c1", false, "ping", [])),
        ["client-answered"] = Of(new NodeMessage.ClientAnswered(ClientOutcome.Succeeded("true"u8.ToArray()))),
        ["client-answered, pending"] = Of(new NodeMessage.ClientAnswered(null)),
        ["client-answered, timeout"] = Of(new NodeMessage.ClientAnswered(new(ClientCallErrorReason.Timeout, "ChannelRpcError", "1", []))),
        ["client-answered, remote"] = Of(new NodeMessage.ClientAnswered(new(ClientCallErrorReason.Remote, "Denied", "2", []))),
        ["client-answered, closed"] = Of(new NodeMessage.ClientAnswered(new(ClientCallErrorReason.Closed, "ChannelRpcError", "3", []))),
        ["client-answered, not exposed"] = Of(new NodeMessage.ClientAnswered(new(ClientCallErrorReason.NotExposed, "RPCNotFoundError", "4", []))),
        ["client-answered, invalid"] = Of(new NodeMessage.ClientAnswered(new(ClientCallErrorReason.Invalid, "ChannelRpcError", "5", []))),
        ["cancel-client-call"] = Of(new NodeMessage.CancelClientCall()),
        ["item"] = Of(new NodeMessage.Item("""{"n":1}"""u8.ToArray())),
        ["take-items"] = Of(new NodeMessage.TakeItems(300)),
        ["explain"] = Of(new NodeMessage.Explain("""{"user":"ann"}""")),
        ["read-trace"] = Of(new NodeMessage.ReadTrace("ann", """{"a:1":7}""")),
        ["record"] = Of(new NodeMessage.Record("""{"id":"1"}""")),
        ["contact"] = Of(new NodeMessage.Contact(-1, 2, 4_000_000_000, true)),
    };

    /// <summary>The bytes that this build writes.</summary>
    public static byte[] Write(object message) => NodeWire.ToBytes(
        message is NodeMessage node ? NodeWire.Encode(node) with { Request = node.Request } : message);

    /// <summary>All values of a message, for comparisons.</summary>
    public static string Show(object message) => message switch
    {
        HubBatch batch => $"{batch.Node} {batch.Origin} {batch.Lane} {batch.Sequence} {batch.IsAcknowledgedAtOnce}: {string.Join("; ", batch.Read().Cast<HubEvent>().Select(Show))}",
        LaneFrame<LaneMessage.CopyChunk> frame => $"{frame.Lane} {frame.Sender} {frame.Message.Copy} {frame.Message.Index} {frame.Message.IsLast}: {string.Join("; ", frame.Message.Topics.Select(Show))}",
        LaneFrame<LaneMessage.Beat> frame => $"{frame.Lane} {frame.Sender} {frame.Message.IsReady} {frame.Message.HearsReceiver} {string.Join(' ', frame.Message.Digest)}",
        LaneFrame<LaneMessage.CopyHead> frame => $"{frame.Lane} {frame.Sender} {frame.Message.Copy} {frame.Message.History} {string.Join(' ', frame.Message.Cut)} {string.Join(' ', frame.Message.Closed)}",
        LaneFrame frame => $"{frame.Lane} {frame.Sender} {frame.Content}",
        NodeMessage.Deliver deliver => $"{deliver.Request} {Show(deliver.Message)}",
        NodeMessage node => JsonSerializer.Serialize(node with { Size = 0 }, node.GetType()),
        _ => JsonSerializer.Serialize(message, message.GetType()),
    };

    private static string Show(HubEvent e) => string.Join(
        ' ', e.Audience, e.Topic, e.TypeId, e.IsBinary, e.Raw, e.Except, e.Channels is null ? "all" : string.Join(',', e.Channels),
        Convert.ToHexString(e.Payload.Span), e.Named?.Name, e.Origin, e.Number, e.IsReplicated, e.Write?.Key, e.Write?.Stamp, e.Write?.Base, e.Write?.Owner, Convert.ToHexString(e.Write?.Value ?? []));

    private static string Show(TopicPicture topic) =>
        $"{topic.Name} {topic.RememberedFor} [{string.Join(' ', topic.Numbers)}] [{string.Join(' ', topic.Events.Select(kept => $"{kept.Age} {Show((HubEvent)kept.Event)}"))}] "
        + $"[{string.Join(' ', topic.Entries.Select(entry => $"{entry.Key} {entry.Entry.Stamp} {entry.Entry.Base} {entry.Entry.Time} {Convert.ToHexString(entry.Entry.Value ?? [])} {entry.Entry.Owner}"))}]";

    private static NodeMessage Of(NodeMessage message) => message with { Request = s_request };

    private static HubBatch Batch()
    {
        var batch = new OutboundBatch(-5, s_origin, 3, 100_000) { Clock = new ManualTime() };
        batch.Add(EventEncoder.Encode("news", "Grüße", default, JsonSerializerOptions.Web, 1000));
        batch.Add(EventEncoder.Encode("news", "text", new PublishOptions { PayloadOnly = true, ExceptChannelId = "c1" }, JsonSerializerOptions.Web, 1000));
        batch.Add(EventEncoder.Encode("blobs", new byte[] { 1, 2, 3 }, default, JsonSerializerOptions.Web, 1000));
        var toUser = EventEncoder.EncodeMessage(HubAudience.User, "ann", 1, JsonSerializerOptions.Web, 1000);
        toUser.Channels = ["news", "board"];
        batch.Add(toUser);
        batch.Add(Numbered(9, new KeyedWrite("k", [1, 2], 7)));
        batch.Add(Numbered(10, new KeyedWrite("k", null, null) { Base = new Stamp(5, s_origin) }));
        return (HubBatch)batch.Take(1_000_000_000_000);
    }

    private static LaneMessage.CopyChunk Chunk() => new(1, 2, true,
    [
        new TopicPicture(
            "state", 5, [new NumbersPicture(s_origin, 9, 1, 8, 1000)], [(Numbered(9, new KeyedWrite("k", null, null)), 20)],
            [("k", new KeyedEntry(new Stamp(3, s_origin, 1), null, null, 0)), ("l", new KeyedEntry(new Stamp(4, s_origin), [7], -5, 1500) { Base = new Stamp(2, s_origin) })]),
        new TopicPicture("empty", 0, [], [], []),
    ]);

    private static HubEvent Numbered(long number, KeyedWrite write)
    {
        write.Stamp = new Stamp(1_700_000_000_000, s_origin);
        var message = EventNumber.Allocate("""{"topic":"state","data":1}"""u8);
        var numbered = new HubEvent("state", message.Memory.Slice(24, 1), message) { Write = write, IsReplicated = true };
        numbered.SetNumber(s_origin, number);
        return numbered;
    }
}
