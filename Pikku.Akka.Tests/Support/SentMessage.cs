using System.Text;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Tests.Support;

/// <summary>A message as a transport got it.</summary>
internal sealed record SentMessage(MessageKind Kind, byte[] Payload)
{
    public bool IsClose => Kind == MessageKind.Close;

    /// <summary>The text of a text message; any other is spelled out, so that a comparison fails readably.</summary>
    public string Text => Kind switch
    {
        MessageKind.Text => Encoding.UTF8.GetString(Payload),
        MessageKind.Close => $"close {(int)CloseMessage.CodeOf(Encoded)} {Encoding.UTF8.GetString(CloseMessage.ReasonOf(Encoded))}".TrimEnd(),
        MessageKind.Ping => "ping",
        _ => $"{Kind.ToString().ToLowerInvariant()} {Convert.ToHexStringLower(Payload)}",
    };

    private EncodedMessage Encoded => EncodedMessage.Copy(Kind, Payload);

    public override string ToString() => Text;
}
