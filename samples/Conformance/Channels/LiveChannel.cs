using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Pikku's realtime feature: topics of the channel <c>boards</c> over WebSockets and as event streams, with the same permissions.</summary>
public static class LiveChannel
{
    public static PikkuBuilder WireLive(this PikkuBuilder pikku) => pikku.WireEvents("live", events =>
    {
        events.AddTopic(BoardsChannel.Public).AllowAnonymous();
        events.AddTopic(BoardsChannel.Board).RequirePermission(BoardsChannel.IsMemberAsync);
    });
}
