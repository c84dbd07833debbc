using System.Text;
using Pikku.Akka.Protocol;
using Pikku.Akka.Tests.EventHub;

namespace Pikku.Akka.Tests.Support;

/// <summary>A frame as the client receives it.</summary>
internal sealed record SentFrame(byte[] Frame)
{
    public ReadOnlySpan<byte> Payload => ServerFrame.Message(Frame);

    public bool IsText => Frame[0] == FrameEncoder.Text;

    public bool IsBinary => Frame[0] == FrameEncoder.Binary;

    public bool IsClose => FrameEncoder.IsClose(Frame);

    /// <summary>The text of a text frame; a binary or close frame is described, so that a failed comparison is readable.</summary>
    public string Text =>
        IsText ? Encoding.UTF8.GetString(Payload)
        : IsClose ? $"close {FrameEncoder.CloseCodeOf(Frame)} {Encoding.UTF8.GetString(Payload[2..])}".TrimEnd()
        : $"binary {Convert.ToHexStringLower(Payload)}";

    public override string ToString() => Text;
}
