using Akka.Actor;
using Akka.TestKit.Xunit2;
using Pikku.Akka.Dispatch;
using Xunit;

namespace Pikku.Akka.Tests.Dispatch;

public sealed class SparseMailboxSpec : TestKit
{
    [Fact]
    public void Returns_messages_in_the_order_in_which_they_were_added()
    {
        var queue = new SparseMessageQueue();
        for (var i = 0; i < 100; i++)
            queue.Enqueue(TestActor, new Envelope(i, TestActor));

        Assert.Equal(100, queue.Count);
        Assert.Equal(Enumerable.Range(0, 100), Drain(queue).Cast<int>());
        Assert.False(queue.HasMessages);
        Assert.False(queue.TryDequeue(out _));
    }

    [Fact]
    public async Task Keeps_each_message_of_many_threads_and_the_order_of_each()
    {
        const int threads = 4, each = 5_000;
        var queue = new SparseMessageQueue();
        var adding = Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
                queue.Enqueue(TestActor, new Envelope((thread, i), TestActor));
        })));

        var taken = new List<(int Thread, int Number)>();
        while (!adding.IsCompleted || queue.HasMessages)
            if (queue.TryDequeue(out var envelope))
                taken.Add(((int, int))envelope.Message);
        await adding;

        Assert.Equal(threads * each, taken.Count);
        Assert.All(taken.GroupBy(t => t.Thread), of => Assert.Equal(Enumerable.Range(0, each), of.Select(t => t.Number)));
    }

    [Fact]
    public void Sends_the_remaining_messages_to_the_dead_letters()
    {
        var queue = new SparseMessageQueue();
        var dead = new SparseMessageQueue();
        queue.Enqueue(TestActor, new Envelope("a", TestActor));
        queue.Enqueue(TestActor, new Envelope("b", TestActor));

        queue.CleanUp(TestActor, dead);

        Assert.False(queue.HasMessages);
        Assert.Equal(["a", "b"], Drain(dead).Cast<string>());
    }

    private static List<object> Drain(SparseMessageQueue queue)
    {
        var all = new List<object>();
        while (queue.TryDequeue(out var envelope))
            all.Add(envelope.Message);
        return all;
    }
}
