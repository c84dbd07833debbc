using System.Runtime.CompilerServices;
using Pikku.Akka.Host.Security;
using static Pikku.Akka.Host.Chat.ChatProtocol;

namespace Pikku.Akka.Host.Chat;

[PikkuFunction(
    Title = "Watch Chat", Description = "Streams the clock of the node, the number of its messages and the end of the session, once a second.",
    Tags = ["chat"], ReadOnly = true)]
internal sealed class WatchChat(ChatStore store, TimeProvider time) : PikkuSessionlessStream<NoData, ChatTick>
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1); // the resolution of the clock on the page

    public override async IAsyncEnumerable<ChatTick> RunAsync(NoData input, PikkuContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        do
            yield return new ChatTick(time.GetUtcNow(), await store.CountAsync(cancellationToken), context.GetSession<UserSession>()?.ExpiresAt);
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }
}
