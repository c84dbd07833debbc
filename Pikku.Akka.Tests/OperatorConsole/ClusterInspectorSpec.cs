using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Cluster;
using Pikku.Akka.Inspection;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.OperatorConsole;

/// <summary>Nodes are asked independently of each other.</summary>
public sealed class ClusterInspectorSpec
{
    private const string Fast = "pikku.console { refresh-interval = 100ms, node-timeout = 1s }";

    [Fact]
    public async Task A_node_that_hangs_is_marked_with_the_age_of_its_state_and_the_others_stay_live()
    {
        var gate = new Gate();
        await using var first = await ConsoleLab.JoinAsync(hocon: Fast);
        await using var second = await ConsoleLab.JoinAsync(first, Fast);
        await using var third = await ConsoleLab.JoinAsync(first, Fast, pikku => pikku.Services.AddSingleton<INodeInspector>(
            provider => new HangingInspector(gate, ActivatorUtilities.CreateInstance<NodeInspector>(provider))));
        var inspector = first.Services.GetRequiredService<ClusterInspector>();
        var hanging = ConsoleLab.NameOf(third);
        var (wasLive, lived) = (false, 0L);
        await foreach (var picture in inspector.WatchAsync(new CancellationTokenSource(Eventually.Patience).Token))
        {
            var nodes = picture.Nodes.ToDictionary(node => node.Node);
            if (!wasLive)
            {
                if (nodes.Count < 3 || !nodes.Values.All(node => node is { IsStale: false, Overview: not null }))
                    continue;
                wasLive = true;
                gate.IsClosed = true;
                continue;
            }

            var (hung, other) = (nodes[hanging], nodes[ConsoleLab.NameOf(second)]);
            if (!hung.IsStale || other.IsStale)
                continue;
            Assert.NotNull(hung.Overview); // what was known last
            Assert.True(hung.Age > 1_000);
            if (lived == 0)
                lived = other.Overview!.At;
            else if (other.Overview!.At > lived)
                break; // the other node has answered again while this one hangs
        }

        // A question to all nodes has what the others answered.
        using var ann = await ConsoleLab.ConnectAsync(second, "ann");
        var answers = await inspector.AskAsync<ConnectionPage>(new Question(QuestionKind.Connections, "ann", "user", Limit: 10));
        Assert.Equal(hanging, Assert.Single(answers, answer => !answer.HasAnswered).Node.Name);
        Assert.Equal("ann", Assert.Single(answers.SelectMany(answer => answer.Value?.Rows ?? [])).User);

        gate.IsClosed = false;
        gate.Opened.TrySetResult();
        await foreach (var picture in inspector.WatchAsync(new CancellationTokenSource(Eventually.Patience).Token))
            if (picture.Nodes.Count(node => node is { IsStale: false, Overview: not null }) == 3)
                break;
    }

    private sealed class Gate
    {
        public volatile bool IsClosed;

        public TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class HangingInspector(Gate gate, INodeInspector inner) : INodeInspector
    {
        public async Task<string> AnswerAsync(string question)
        {
            if (gate.IsClosed)
                await gate.Opened.Task;
            return await inner.AnswerAsync(question);
        }
    }
}
