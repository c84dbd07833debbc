using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Messages that are not JSON.</summary>
public static class TextChannel
{
    public static PikkuBuilder WireText(this PikkuBuilder pikku) => pikku.WireChannel("text", channel => channel
        .AllowAnonymous()
        .OnMessage((string text) => text.ToUpperInvariant()));
}
