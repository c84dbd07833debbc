using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Pikku.Akka.Clients.CSharp;
using Pikku.Akka.Contracts;
using Pikku.Akka.Contracts.Types;
using Pikku.Akka.Protocol;
using Pikku.Akka.Tests.Contracts;
using Xunit;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>What the client offers for topics with history, with a state and with presence.</summary>
public sealed class ResumableTopicsSpec
{
    private const string UseOfState =
        """
        public static async Task Use(My.Client.BoardsRoute route, CancellationToken token)
        {
            var key = new My.Client.BoardKey { BoardId = "7" };
            using var live = route.LiveBoard(key, (state, e) => state + e.ToString());
            await live.WaitUntilLoadedAsync(token);
            live.Changed += (_, _) => Console.WriteLine($"{live.Status} {live.Value!.Length} {live.Error}");
            live.Reload();
            await foreach (var update in route.WatchBoard(key, token))
                Console.WriteLine(update.IsState ? update.State : $"{update.Event} {update.At} {update.IsReplayed} {update.Loss}");
            await foreach (var data in route.SubscribeToBoard(key, token))
                Console.WriteLine(data.GetRawText());
        }
        """;

    private const string UseOfHistory =
        """
        public static async Task Use(My.Client.BoardsRoute route, CancellationToken token)
        {
            await foreach (var e in route.WatchBoard(new My.Client.BoardKey { BoardId = "7" }, token))
                Console.WriteLine($"{e.Data.GetRawText()} {e.At} {e.IsReplayed}");
        }
        """;

    private const string UseOfPresence =
        """
        public static void Use(My.Client.BoardsRoute route)
        {
            using var viewers = route.Board(new My.Client.BoardKey { BoardId = "7" });
            foreach (var entry in viewers.Entries)
                Console.WriteLine($"{entry.Key} {entry.Info.Length} {viewers.Infos[0].Length} {viewers.Status}");
            viewers.Changed += (_, changes) => Console.WriteLine(changes.Count);
            using var changes = route.SubscribeToBoard(new My.Client.BoardKey { BoardId = "7" }, change => Console.WriteLine($"{change.Key} {change.Kind} {change.Info?.Length}"));
        }
        """;

    private const string UseOfEntries =
        """
        public static void Use(My.Client.BoardsRoute route)
        {
            using var entries = route.Board(new My.Client.BoardKey { BoardId = "7" });
            foreach (var (key, value) in entries.Entries)
                Console.WriteLine($"{key} {value.Length} {entries.Status}");
            entries.Changed += (_, changes) => Console.WriteLine(changes[0].IsRemoved);
            using var changes = route.SubscribeToBoard(new My.Client.BoardKey { BoardId = "7" }, change => Console.WriteLine($"{change.Key} {change.Value?.Length}"));
        }
        """;

    private static readonly HistoryDeclaration History = new(100, null);
    private static readonly TypeUse Text = new TypeUse.Scalar(ScalarKind.String);

    [Fact, Trait("Rule", "P9")]
    public void A_topic_with_a_snapshot_is_a_live_state_and_a_loop_of_states_and_events() =>
        Assert.Empty(ProblemsOf(topic => topic with { History = History, Snapshot = Text }, UseOfState));

    [Fact, Trait("Rule", "P2")]
    public void A_topic_with_history_gives_the_position_of_each_event() => Assert.Empty(ProblemsOf(topic => topic with { History = History }, UseOfHistory));

    [Fact, Trait("Rule", "P10")]
    public void A_presence_topic_is_a_list_of_connections() =>
        Assert.Empty(ProblemsOf(topic => topic with { History = History, Kind = TopicKind.Presence, Payload = Text, Snapshot = new TypeUse.List(Text) }, UseOfPresence));

    [Fact, Trait("Rule", "P11")]
    public void A_state_topic_is_a_map_of_values() =>
        Assert.Empty(ProblemsOf(topic => topic with { History = History, Kind = TopicKind.State, Payload = Text, Snapshot = new TypeUse.Map(Text) }, UseOfEntries));

    [Fact]
    public void A_topic_without_history_has_no_positions_and_no_state()
    {
        var client = CSharpClient.Generate(Contract(topic => topic), "My.Client");
        Assert.Contains("SubscribeToBoard(", client, StringComparison.Ordinal);
        Assert.DoesNotContain("WatchBoard(", client, StringComparison.Ordinal);
        Assert.DoesNotContain("LiveBoard(", client, StringComparison.Ordinal);
    }

    private static AppContract Contract(Func<TopicContract, TopicContract> change)
    {
        var contract = ContractOf.Conformance();
        var channels = contract.Channels.Select(channel => channel with
        {
            Topics = [.. channel.Topics.Select(topic => topic.Name == "board:{boardId}" ? change(topic with { Kind = TopicKind.Events, History = null, Snapshot = null }) : topic)],
        });
        return contract with { Channels = [.. channels] };
    }

    private static string[] ProblemsOf(Func<TopicContract, TopicContract> change, string use)
    {
        var client = GeneratedAssembly.Compile(CSharpClient.Generate(Contract(change), "My.Client"));
        var program = $$"""
            using System;
            using System.Threading;
            using System.Threading.Tasks;

            internal static class Program
            {
            {{use}}
            }
            """;
        return [.. client.AddSyntaxTrees(CSharpSyntaxTree.ParseText(program, (CSharpParseOptions)client.SyntaxTrees[0].Options)).GetDiagnostics()
            .Where(problem => problem.Severity >= DiagnosticSeverity.Warning).Select(problem => problem.ToString())];
    }
}
