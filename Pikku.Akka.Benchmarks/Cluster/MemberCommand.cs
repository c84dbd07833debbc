using System.Globalization;
using Akka.Actor;

namespace Pikku.Akka.Benchmarks.Cluster;

/// <summary>
/// The process of a <see cref="RemoteMember"/>: a node that joins the cluster of the measuring process, subscribes to the busy topics, and answers each line on its standard
/// input with a <see cref="MemberReport"/>. It ends with its input.
/// </summary>
internal static class MemberCommand
{
    // The lanes of a node that can't keep up block their threads. The other actors of the node need threads as well.
    private const int Threads = 32;

    /// <param name="args">The address of a member, and the time in microseconds that each event takes.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        ThreadPool.SetMinThreads(Threads, Threads);
        var delay = TimeSpan.FromMicroseconds(double.Parse(args[1], CultureInfo.InvariantCulture));
        var (system, node) = await TwoSystems.JoinAsync(Address.Parse(args[0]), BenchTopics.Families);
        var subscriber = new CountingSubscriber("busy", delay);
        node.Add(subscriber);
        for (var i = 0; i < BenchTopics.BusyTopics; i++)
            await node.Hub.SubscribeAsync(BenchTopics.Busy.For(i), subscriber.Id);
        await node.Links.Linked;
        Console.WriteLine(RemoteMember.Ready);
        while (await Console.In.ReadLineAsync() is not null)
            Console.WriteLine(MemberReport.Of(node, subscriber.Count));
        await system.Terminate();
        return 0;
    }
}
