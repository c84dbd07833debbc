using System.Text;
using Pikku.Akka.EventHub;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Cluster;

/// <summary>What nodes tell each other, as bytes. A manifest that is not known here is refused: no type is loaded because a message names it.</summary>
internal static class NodeWire
{
    // Strict: what is not valid Unicode would arrive as the name of something else.
    private static void WriteToken(BinaryWriter output, TokenEnd? token)
    {
        output.Write(token is not null);
        if (token is not { } end)
            return;
        output.Write(end.At.UtcTicks);
        output.Write(end.Skew.Ticks);
    }

    private static TokenEnd? ReadToken(BinaryReader input) => input.ReadBoolean()
        ? new TokenEnd(new DateTimeOffset(input.ReadInt64(), TimeSpan.Zero), new TimeSpan(input.ReadInt64()))
        : null;

    private static readonly UTF8Encoding s_text = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string ManifestOf(NodeMessage message) => message switch
    {
        NodeMessage.Deliver => "deliver",
        NodeMessage.CloseChannel => "close",
        NodeMessage.ChangeSubscription => "subscription",
        NodeMessage.ChangePresence => "presence",
        NodeMessage.EndSessions => "end-sessions",
        NodeMessage.GetReport => "get-report",
        NodeMessage.Alive => "alive",
        NodeMessage.Greeting => "greeting",
        NodeMessage.Answer => "answer",
        NodeMessage.Call => "call",
        NodeMessage.Leaving => "leaving",
        NodeMessage.CancelCall => "cancel-call",
        NodeMessage.ChangeSession => "session",
        NodeMessage.SessionChanged => "session-changed",
        NodeMessage.Returned => "returned",
        _ => throw Unknown(message.GetType().ToString()),
    };

    public static NodeFrame Encode(NodeMessage message)
    {
        using var stream = new MemoryStream();
        using var output = new BinaryWriter(stream, s_text);
        Write(output, message);
        output.Flush();
        return new NodeFrame(ManifestOf(message), stream.ToArray());
    }

    /// <exception cref="ArgumentException">The manifest is not known.</exception>
    /// <exception cref="InvalidDataException">It is no such message.</exception>
    /// <exception cref="IOException">It is cut off.</exception>
    public static NodeMessage Read(BinaryReader input, string manifest) => manifest switch
    {
        "deliver" => new NodeMessage.Deliver(HubWire.Read(input)),
        "close" => new NodeMessage.CloseChannel(input.ReadString(), (CloseCode)input.ReadUInt16(), input.ReadString()),
        "subscription" => new NodeMessage.ChangeSubscription(input.ReadString(), input.ReadString(), input.ReadBoolean()),
        "presence" => new NodeMessage.ChangePresence(input.ReadString(), input.ReadString(), ReadText(input)),
        "end-sessions" => new NodeMessage.EndSessions(input.ReadString(), input.ReadBoolean()),
        "get-report" => new NodeMessage.GetReport(),
        "alive" => new NodeMessage.Alive(input.ReadInt32(), input.ReadInt32(), input.ReadInt64(), input.ReadInt64()),
        "greeting" => new NodeMessage.Greeting(input.ReadBoolean(), input.ReadString().Split(',')),
        "answer" => new NodeMessage.Answer(input.ReadSByte() is >= 0 and var error ? (EventHubError)error : null, input.ReadString()),
        "call" => new NodeMessage.Call(
            input.ReadString(), input.ReadString(), input.ReadString(), ReadText(input), ReadText(input), HubWire.ReadBytes(input),
            ReadToken(input)),
        "leaving" => new NodeMessage.Leaving(),
        "cancel-call" => new NodeMessage.CancelCall(),
        "session" => new NodeMessage.ChangeSession(input.Read7BitEncodedInt(), ReadText(input)),
        "session-changed" => new NodeMessage.SessionChanged(input.Read7BitEncodedInt(), input.ReadBoolean(), ReadText(input)),
        "returned" => new NodeMessage.Returned(input.ReadBoolean(), input.ReadBoolean(), HubWire.ReadBytes(input), ReadText(input)),
        _ => throw Unknown(manifest),
    };

    private static void Write(BinaryWriter output, NodeMessage message)
    {
        switch (message)
        {
            case NodeMessage.Deliver deliver:
                HubWire.Write(output, deliver.Message);
                break;
            case NodeMessage.CloseChannel close:
                output.Write(close.ChannelId);
                output.Write((ushort)close.Code);
                output.Write(close.Reason);
                break;
            case NodeMessage.ChangeSubscription change:
                output.Write(change.Topic);
                output.Write(change.ChannelId);
                output.Write(change.Subscribe);
                break;
            case NodeMessage.ChangePresence change:
                output.Write(change.Place);
                output.Write(change.ChannelId);
                WriteText(output, change.About);
                break;
            case NodeMessage.EndSessions end:
                output.Write(end.UserId);
                output.Write(end.Close);
                break;
            case NodeMessage.Alive alive:
                output.Write(alive.From);
                output.Write(alive.To);
                output.Write(alive.Sent);
                output.Write(alive.Got);
                break;
            case NodeMessage.Greeting greeting:
                output.Write(greeting.Asks);
                output.Write(string.Join(',', greeting.Members));
                break;
            case NodeMessage.Answer answer:
                output.Write((sbyte)(answer.Error is { } error ? (int)error : -1));
                output.Write(answer.Text);
                break;
            case NodeMessage.Call call:
                output.Write(call.Channel);
                output.Write(call.Action);
                output.Write(call.ChannelId);
                WriteText(output, call.Session);
                WriteText(output, call.OpeningData);
                HubWire.WriteBytes(output, call.Data);
                WriteToken(output, call.Token);
                break;
            case NodeMessage.ChangeSession change:
                output.Write7BitEncodedInt(change.Number);
                WriteText(output, change.Session);
                break;
            case NodeMessage.SessionChanged changed:
                output.Write7BitEncodedInt(changed.Number);
                output.Write(changed.Done);
                WriteText(output, changed.Error);
                break;
            case NodeMessage.Returned returned:
                output.Write(returned.HasResult);
                output.Write(returned.IsBinary);
                HubWire.WriteBytes(output, returned.Result);
                WriteText(output, returned.Error);
                break;
            case NodeMessage.GetReport or NodeMessage.CancelCall or NodeMessage.Leaving:
                break;
            default:
                throw Unknown(message.GetType().ToString());
        }
    }

    private static void WriteText(BinaryWriter output, string? text)
    {
        output.Write(text is not null);
        if (text is not null)
            output.Write(text);
    }

    private static string? ReadText(BinaryReader input) => input.ReadBoolean() ? input.ReadString() : null;

    private static ArgumentException Unknown(string what) => new($"Nodes tell each other no {what}.");
}
