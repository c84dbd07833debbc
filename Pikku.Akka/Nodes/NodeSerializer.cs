using Akka.Actor;
using Akka.Serialization;
using Pikku.Akka.EventHub;

namespace Pikku.Akka.Nodes;

/// <summary>What nodes tell each other, as bytes. A manifest that is not known here is refused: no type is loaded because a message names it.</summary>
internal sealed class NodeSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 4054;

    public override string Manifest(object o) => o switch
    {
        NodeMessage.Deliver => "deliver",
        NodeMessage.CloseChannel => "close",
        NodeMessage.ChangeSubscription => "subscription",
        NodeMessage.ChangePresence => "presence",
        NodeMessage.EndSessions => "end-sessions",
        NodeMessage.GetReport => "get-report",
        NodeMessage.Answer => "answer",
        NodeMessage.Call => "call",
        NodeMessage.Leaving => "leaving",
        NodeMessage.CancelCall => "cancel-call",
        NodeMessage.ChangeSession => "session",
        NodeMessage.SessionChanged => "session-changed",
        NodeMessage.Returned => "returned",
        _ => throw Unknown(o.GetType().ToString()),
    };

    public override byte[] ToBinary(object obj)
    {
        using var stream = new MemoryStream();
        using var output = new BinaryWriter(stream);
        output.Write7BitEncodedInt64(((NodeMessage)obj).Request);
        switch (obj)
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
                break;
            case NodeMessage.ChangeSession change:
                WriteText(output, change.Session);
                break;
            case NodeMessage.SessionChanged changed:
                output.Write(changed.Done);
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
                throw Unknown(obj.GetType().ToString());
        }

        output.Flush();
        return stream.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        using var input = new BinaryReader(new MemoryStream(bytes, writable: false));
        var request = input.Read7BitEncodedInt64();
        NodeMessage message = manifest switch
        {
            "deliver" => new NodeMessage.Deliver(HubWire.Read(input)),
            "close" => new NodeMessage.CloseChannel(input.ReadString(), (CloseCode)input.ReadUInt16(), input.ReadString()),
            "subscription" => new NodeMessage.ChangeSubscription(input.ReadString(), input.ReadString(), input.ReadBoolean()),
            "presence" => new NodeMessage.ChangePresence(input.ReadString(), input.ReadString(), ReadText(input)),
            "end-sessions" => new NodeMessage.EndSessions(input.ReadString(), input.ReadBoolean()),
            "get-report" => new NodeMessage.GetReport(),
            "answer" => new NodeMessage.Answer(input.ReadSByte() is >= 0 and var error ? (EventHubError)error : null, input.ReadString()),
            "call" => new NodeMessage.Call(
                input.ReadString(), input.ReadString(), input.ReadString(), ReadText(input), ReadText(input), HubWire.ReadBytes(input)),
            "leaving" => new NodeMessage.Leaving(),
            "cancel-call" => new NodeMessage.CancelCall(),
            "session" => new NodeMessage.ChangeSession(ReadText(input)),
            "session-changed" => new NodeMessage.SessionChanged(input.ReadBoolean()),
            "returned" => new NodeMessage.Returned(input.ReadBoolean(), input.ReadBoolean(), HubWire.ReadBytes(input), ReadText(input)),
            _ => throw Unknown(manifest),
        };
        return message with { Request = request };
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
