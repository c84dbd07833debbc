using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Binary frames, without a session and with one.</summary>
public static class BinaryChannels
{
    private static readonly Delegate Handle = [PikkuFunction(Name = "handleFrame")] byte[] (byte[] frame, IPikkuChannel channel) =>
    {
        switch (frame)
        {
            case [0xFF, ..]:
                throw new InvalidOperationException("asked to throw");
            case [0xFE, ..]:
                return [];
            case [0xFD, ..]:
                channel.TrySend(new { viaText = frame.Length });
                return [];
            default:
                return frame;
        }
    };

    public static PikkuBuilder WireBinary(this PikkuBuilder pikku) => pikku
        .WireChannel("bin", channel =>
        {
            channel.AllowAnonymous().OnBinaryMessage(Handle);
            channel.MapAction("echo", Functions.Echo);
        })
        .WireChannel("bin-auth", channel =>
        {
            channel.OnBinaryMessage(Handle);
            channel.MapAction("login", Functions.Login).AllowAnonymous();
            channel.MapAction("echo", Functions.Echo);
        });
}
