using Pikku.Akka.Sessions;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The table of all messages between nodes, with their codes and members. <c>docs/node-wire.md</c> shows the table and describes how it may change. A kind that
/// is not in the table is not read, and a message can't cause a type to be loaded.
/// </summary>
internal static class NodeWire
{
    /// <summary>The length of the request id, which precedes the members of each message between node actors, in bytes.</summary>
    public const int RequestLength = 2 * sizeof(long);

    private static readonly string[] s_request = ["requestLife i64", "requestNumber i64"];

    private static readonly WireKind[] s_kinds = InOrder(
        new WireKind<HubBatch>(HubBatch.Kind, "events", (o, m) => o.Raw(m.Bytes.AsSpan(WireHeader.Length)), ReadBatch,
            "node i32", "origin i64", "lane u8", "flags u8", "sequence i64", "count i32", "publishedAt i64", "events event*"),
        Message<NodeMessage.Deliver>(10, "deliver", (o, m) => EventWire.Write(o, m.Message), (ref i) => new(EventWire.Read(ref i)), "message event"),
        Message<NodeMessage.CloseChannel>(11, "close-channel",
            (o, m) => { o.Text(m.ChannelId); o.UInt16((ushort)m.Code); o.Text(m.Reason); },
            (ref i) => new(i.Text(), (CloseCode)i.UInt16(), i.Text()),
            "channelId text", "code u16", "reason text"),
        Message<NodeMessage.ChangeSubscription>(12, "change-subscription",
            (o, m) => { o.Text(m.Topic); o.Text(m.ChannelId); o.Bool(m.Subscribe); },
            (ref i) => new(i.Text(), i.Text(), i.Bool()),
            "topic text", "channelId text", "subscribe bool"),
        Message<NodeMessage.ChangePresence>(13, "change-presence",
            (o, m) => { o.Text(m.Topic); o.Text(m.ChannelId); o.OptionalText(m.About); },
            (ref i) => new(i.Text(), i.Text(), i.OptionalText()),
            "topic text", "channelId text", "about text?"),
        Message<NodeMessage.EndSessions>(14, "end-sessions",
            (o, m) => { o.Text(m.UserId); o.Bool(m.Close); },
            (ref i) => new(i.Text(), i.Bool()),
            "userId text", "close bool"),
        Message<NodeMessage.GetReport>(15, "get-report", (_, _) => { }, (ref _) => new()),
        Message<NodeMessage.Progress>(16, "progress",
            (o, m) => { o.Int32(m.From); o.Int32(m.To); o.Int64(m.Sent); o.Int64(m.Received); },
            (ref i) => new(i.Int32(), i.Int32(), i.Int64(), i.Int64()),
            "from i32", "to i32", "sent i64", "received i64"),
        Message<NodeMessage.Greeting>(17, "greeting",
            (o, m) => { o.Bool(m.WantsAnswer); o.Texts(m.Members); },
            (ref i) => new(i.Bool(), i.Texts()),
            "wantsAnswer bool", "members text*"),
        Message<NodeMessage.Answer>(18, "answer",
            (o, m) => { o.Byte(WireCodes.Of(m.Error)); o.Text(m.Text); },
            (ref i) => new(WireCodes.ErrorOf(i.Byte()), i.Text()),
            "error u8", "text text"),
        Message<NodeMessage.Call>(19, "call", Write, ReadCall,
            "channel text", "action text", "channelId text", "session text?", "openingData text?", "data bytes", "token token?",
            "fence fence?"),
        Message<NodeMessage.Leaving>(20, "leaving", (_, _) => { }, (ref _) => new()),
        Message<NodeMessage.CancelCall>(21, "cancel-call", (_, _) => { }, (ref _) => new()),
        Message<NodeMessage.ChangeSession>(22, "change-session",
            (o, m) => { o.Number(m.Number); o.OptionalText(m.Session); },
            (ref i) => new(i.Number(), i.OptionalText()),
            "number number", "session text?"),
        Message<NodeMessage.SessionChanged>(23, "session-changed",
            (o, m) => { o.Number(m.Number); o.Bool(m.Done); o.OptionalText(m.Error); },
            (ref i) => new(i.Number(), i.Bool(), i.OptionalText()),
            "number number", "done bool", "error text?"),
        Message<NodeMessage.Returned>(24, "returned",
            (o, m) => { o.Bool(m.HasResult); o.Bool(m.IsBinary); o.Bytes(m.Result); o.OptionalText(m.Error); },
            (ref i) => new(i.Bool(), i.Bool(), i.Bytes().ToArray(), i.OptionalText()),
            "hasResult bool", "isBinary bool", "result bytes", "error text?"),
        Message<NodeMessage.Disconnect>(25, "disconnect",
            (o, m) => { o.Text(m.UserId); o.OptionalText(m.Channel); o.Text(m.Reason); },
            (ref i) => new(i.Text(), i.OptionalText(), i.Text()),
            "userId text", "channel text?", "reason text"),
        Message<NodeMessage.GetChannels>(26, "get-channels", (o, m) => o.Text(m.UserId), (ref i) => new(i.Text()), "userId text"),
        Message<NodeMessage.Refresh>(27, "refresh", (o, m) => o.Text(m.UserId), (ref i) => new(i.Text()), "userId text"),
        Message<NodeMessage.Reauthorize>(28, "reauthorize", (o, m) => o.Text(m.Topic), (ref i) => new(i.Text()), "topic text"),
        Message<NodeMessage.EndSubscriptions>(29, "end-subscriptions",
            (o, m) => { o.Text(m.UserId); o.Text(m.Topic); },
            (ref i) => new(i.Text(), i.Text()),
            "userId text", "topic text"),
        Message<NodeMessage.InvokeClient>(30, "invoke-client",
            (o, m) => { o.Text(m.Target); o.Bool(m.IsUser); o.Text(m.Function); o.Bytes(m.Input); },
            (ref i) => new(i.Text(), i.Bool(), i.Text(), i.Bytes().ToArray()),
            "target text", "isUser bool", "function text", "input bytes"),
        Message<NodeMessage.ClientAnswered>(31, "client-answered", Write, ReadClientAnswered,
            "outcome u8", "errorName text", "text text", "result bytes"),
        Message<NodeMessage.CancelClientCall>(32, "cancel-client-call", (_, _) => { }, (ref _) => new()),
        Message<NodeMessage.Item>(33, "item", (o, m) => o.Bytes(m.Json), (ref i) => new(i.Bytes().ToArray()), "json bytes"),
        Message<NodeMessage.TakeItems>(34, "take-items", (o, m) => o.Number(m.Count), (ref i) => new(i.Number()), "count number"),
        Message<NodeMessage.Contact>(40, "contact",
            (o, m) => { o.Int32(m.From); o.Int32(m.To); o.Int64(m.SentAt); o.Bool(m.IsAnswer); },
            (ref i) => new(i.Int32(), i.Int32(), i.Int64(), i.Bool()),
            "from i32", "to i32", "sentAt i64", "isAnswer bool"),
        Message<NodeMessage.Explain>(41, "explain", (o, m) => o.Text(m.Question), (ref i) => new(i.Text()), "question text"),
        Message<NodeMessage.ReadTrace>(42, "read-trace",
            (o, m) => { o.Text(m.UserId); o.Text(m.Cursors); },
            (ref i) => new(i.Text(), i.Text()),
            "userId text", "cursors text"),
        Message<NodeMessage.Record>(43, "record", (o, m) => o.Text(m.Command), (ref i) => new(i.Text()), "command text"));

    private static readonly Dictionary<Type, WireKind> s_byType = s_kinds.ToDictionary(kind => kind.Type);
    private static readonly Dictionary<ushort, WireKind> s_byCode = s_kinds.ToDictionary(kind => kind.Code);

    /// <summary>All kinds, in the order of their codes.</summary>
    public static IReadOnlyList<WireKind> Kinds => s_kinds;

    /// <exception cref="ArgumentException">The table does not contain the message.</exception>
    public static WireKind KindOf(Type message) =>
        s_byType.GetValueOrDefault(message) ?? throw new ArgumentException($"{message} is not a message between nodes.", nameof(message));

    /// <summary>Encodes a message between node actors without its request id, which is written when the message is sent.</summary>
    /// <exception cref="System.Text.EncoderFallbackException">A text is not valid Unicode.</exception>
    public static NodeFrame Encode(NodeMessage message)
    {
        var output = new WireWriter();
        var kind = KindOf(message.GetType());
        kind.Write(output, message);
        return new NodeFrame(kind, output.ToArray());
    }

    /// <summary>Encodes a complete message with its header.</summary>
    public static byte[] ToBytes(object message)
    {
        if (message is HubBatch batch)
            return batch.Bytes;
        var output = new WireWriter(WireHeader.Length);
        WireKind kind;
        if (message is NodeFrame frame)
        {
            kind = frame.Kind;
            output.Int64(frame.Request.Life);
            output.Int64(frame.Request.Number);
            output.Raw(frame.Body);
        }
        else
        {
            kind = KindOf(message.GetType());
            kind.Write(output, message);
        }

        var bytes = output.ToArray();
        WireHeader.Write(bytes, kind.Code);
        return bytes;
    }

    /// <summary>Reads a message of any version.</summary>
    /// <returns>The message; an <see cref="UnreadableMessage"/> when this build does not understand its version or its kind.</returns>
    /// <exception cref="InvalidDataException">The message is truncated, or a member is not valid.</exception>
    public static object Read(byte[] bytes)
    {
        var version = WireHeader.VersionOf(bytes);
        if (version.Major != WireVersion.Current.Major)
            return new UnreadableMessage(version, null);
        var members = WireHeader.Read(bytes, out var code);
        if (!s_byCode.TryGetValue(code, out var kind))
            return new UnreadableMessage(version, code);
        if (code == HubBatch.Kind)
            return HubBatch.Of(bytes, members.Length);

        var input = new WireReader(members);
        return kind.Read(ref input);
    }

    private static WireKind[] InOrder(params WireKind[] kinds) => [.. kinds.Concat(LaneWire.Kinds).OrderBy(kind => kind.Code)];

    private static WireKind<T> Message<T>(ushort code, string name, Action<WireWriter, T> write, ReadMembers<T> read, params string[] members)
        where T : NodeMessage =>
        new(code, name, write,
            (ref input) =>
            {
                var size = input.Left - RequestLength;
                var request = new RequestId(input.Int64(), input.Int64());
                return read(ref input) with { Request = request, Size = size };
            },
            [.. s_request, .. members]);

    // A batch keeps the complete message to avoid a copy, so the method Read creates it.
    private static HubBatch ReadBatch(ref WireReader input) => throw new NotSupportedException();

    private static void Write(WireWriter output, NodeMessage.Call call)
    {
        output.Text(call.Channel);
        output.Text(call.Action);
        output.Text(call.ChannelId);
        output.OptionalText(call.Session);
        output.OptionalText(call.OpeningData);
        output.Bytes(call.Data);
        output.Bool(call.Token is not null);
        if (call.Token is { } end)
        {
            output.Int64(end.At.UtcTicks);
            output.Int64(end.Skew.Ticks);
        }

        output.Bool(call.Fence is not null);
        if (call.Fence is not { } fence)
            return;
        output.Int64(fence.Time);
        output.Int64(unchecked((long)fence.Id));
    }

    private static NodeMessage.Call ReadCall(ref WireReader input) => new(
        input.Text(), input.Text(), input.Text(), input.OptionalText(), input.OptionalText(), input.Bytes().ToArray(),
        input.Bool() ? new TokenEnd(Time(input.Int64()), new TimeSpan(input.Int64())) : null,
        input.Bool() ? new SessionFence(input.Int64(), unchecked((ulong)input.Int64())) : null);

    private static void Write(WireWriter output, NodeMessage.ClientAnswered answered)
    {
        output.Byte(WireCodes.Of(answered.Outcome));
        output.Text(answered.Outcome?.ErrorName ?? "");
        output.Text(answered.Outcome?.Text ?? "");
        output.Bytes(answered.Outcome?.Result ?? []);
    }

    private static NodeMessage.ClientAnswered ReadClientAnswered(ref WireReader input)
    {
        var code = input.Byte();
        var (name, text, result) = (input.Text(), input.Text(), input.Bytes().ToArray());
        return new NodeMessage.ClientAnswered(code == WireCodes.Pending ? null : new ClientOutcome(WireCodes.CallErrorOf(code), name, text, result));
    }

    private static DateTimeOffset Time(long ticks) => ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks
        ? new DateTimeOffset(ticks, TimeSpan.Zero)
        : throw new InvalidDataException("A time of another node is out of range.");
}
