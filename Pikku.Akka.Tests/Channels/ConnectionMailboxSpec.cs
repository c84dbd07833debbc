using Akka.TestKit.Xunit2;
using Pikku.Akka.Channels;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Channels;

public sealed class ConnectionMailboxSpec : TestKit
{
    private readonly ConnectionMailbox _mailbox = new();

    [Fact]
    public async Task Keeps_messages_that_are_sent_before_the_actor_exists()
    {
        _mailbox.Tell("one");
        _mailbox.Tell("two");

        _mailbox.Attach(TestActor);
        _mailbox.Tell("three");

        foreach (var message in (string[])["one", "two", "three"])
            Assert.Equal(message, await ExpectMsgAsync<string>(Patience.Long));
    }

    [Fact]
    public async Task Neither_loses_nor_reorders_messages_that_are_sent_while_the_actor_is_attached()
    {
        const int messages = 10_000;
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var telling = Task.Run(() =>
        {
            for (var n = 0; n < messages; n++)
            {
                if (n == messages / 2)
                    half.SetResult();
                _mailbox.Tell(n);
            }
        });

        await half.Task;
        _mailbox.Attach(TestActor);
        await telling.Soon();

        for (var n = 0; n < messages; n++)
            Assert.Equal(n, await ExpectMsgAsync<int>(Patience.Long));
    }
}
