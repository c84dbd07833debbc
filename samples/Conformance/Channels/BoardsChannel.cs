using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Subscriptions that clients make, streams, and cancellation.</summary>
public static class BoardsChannel
{
    public static PikkuBuilder WireBoards(this PikkuBuilder pikku) => pikku
        .WireChannel("boards", channel => channel.AllowAnonymous())
        .WireBoardsStreams();
}
