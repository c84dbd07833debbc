using System.Text.Json;
using Pikku.Akka.Channels;
using Pikku.Akka.Cluster;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Replication;

namespace Pikku.Akka.Inspection;

/// <summary>Answers the questions of operators about this node. Each answer is bounded and reads what the node knows anyway. Thread-safe.</summary>
internal sealed class NodeInspector(
    NodeReporter reporter, ConnectionDirectory directory, ActorEventHub events, HubClient hub, PikkuMetrics metrics, LoadMeter load, TimeProvider clock) : INodeInspector
{
    private const int MaxFunctions = 60; // an answer has to fit into one message between nodes
    private const int MaxErrors = 30;
    private const int MaxTopics = 200; // of one connection
    private const int MaxRows = 200;

    public async Task<string> AnswerAsync(string question)
    {
        var asked = InspectionJson.Read<Question>(question);
        return asked.Kind switch
        {
            QuestionKind.Overview => InspectionJson.Write(Overview()),
            QuestionKind.Connections => InspectionJson.Write(Connections(asked)),
            QuestionKind.Connection => InspectionJson.Write(await ConnectionAsync(asked.Id ?? "")),
            QuestionKind.Topics => InspectionJson.Write(await TopicsAsync(asked)),
            _ => throw new JsonException($"The question '{asked.Kind}' is not known."),
        };
    }

    private static bool Has(string? text, string? search) => string.IsNullOrEmpty(search) || text?.Contains(search, StringComparison.OrdinalIgnoreCase) == true;

    private NodeOverview Overview()
    {
        load.Watch();
        var report = reporter.Report();
        return new NodeOverview(
            report.Node, report.Status, report.Roles, report.Draining, report.Problem, clock.GetMilliseconds(), report.Connections, report.Channels, report.Topics,
            report.Subscriptions, report.Lanes.Sum(lane => (long)lane.KeptEvents), report.Lanes.Sum(lane => lane.KeptBytes), GC.GetTotalMemory(forceFullCollection: false),
            NodeLink.Of(report.Lanes), load.Totals, load.Functions(MaxFunctions), metrics.Errors.Read(MaxErrors));
    }

    private ConnectionPage Connections(Question asked)
    {
        var found = directory.All.Where(connection => Matches(connection, asked)).ToList();
        var page = found.Where(connection => asked.After is null || string.CompareOrdinal(connection.Id, asked.After) > 0)
            .OrderBy(connection => connection.Id, StringComparer.Ordinal).Take(Math.Clamp(asked.Limit, 1, MaxRows));
        return new ConnectionPage([.. page.Select(Row)], found.Count);
    }

    private async Task<ConnectionDetail?> ConnectionAsync(string id)
    {
        if (directory.Find(id) is not { } connection)
            return null;
        string[] topics = [.. (await events.TopicsOfAsync([id]))[id].Order(StringComparer.Ordinal)];
        return new ConnectionDetail(Row(connection), TimeOf(connection.Activity.ReceivedAt), [.. topics.Take(MaxTopics)], topics.Length, metrics.Errors.Read(MaxErrors, id));
    }

    // Each lane is read in a turn of its own, and the lanes at the same time.
    private async Task<TopicPage> TopicsAsync(Question asked)
    {
        var limit = Math.Clamp(asked.Limit, 1, MaxRows);
        var lanes = await Task.WhenAll(Enumerable.Range(0, Lanes.Count).Select(async lane =>
        {
            var (rows, total) = (new List<TopicRow>(), 0);
            await hub.ReadAsync(lane, (table, history) => (rows, total) = Topics(table, history, asked.Search, limit));
            return (Rows: rows, Total: total);
        }));
        return new TopicPage(
            [.. lanes.SelectMany(lane => lane.Rows).OrderByDescending(row => row.Subscribers).ThenBy(row => row.Name, StringComparer.Ordinal).Take(limit)],
            lanes.Sum(lane => lane.Total), clock.GetMilliseconds());
    }

    private (List<TopicRow> Rows, int Total) Topics(TopicTable table, LaneHistory history, string? search, int limit)
    {
        var names = table.Names.Concat(history.Topics.Keys).Distinct(StringComparer.Ordinal)
            .Where(name => Has(name, search) && hub.StoreOf(name) is null && name != EventHubGap.Topic.Name).ToList();
        var page = names.Select(name => (Name: name, Subscribers: table.SubscribersOf(name).Length))
            .OrderByDescending(topic => topic.Subscribers).ThenBy(topic => topic.Name, StringComparer.Ordinal).Take(limit);
        return ([.. page.Select(topic => Row(topic.Name, topic.Subscribers, table, history))], names.Count);
    }

    private static TopicRow Row(string name, int subscribers, TopicTable table, LaneHistory history) =>
        history.Find(name) is { } kept
            ? new TopicRow(
                name, subscribers, kept.Numbers.Sum(origin => origin.Max), kept.Options.IsKeyed ? null : kept.Count, kept.Options.IsKeyed ? kept.LiveEntries : null,
                history.PositionOf(name).ToString())
            : new TopicRow(name, subscribers, table.EventsOf(name), null, null, null);

    private ConnectionRow Row(Connection connection)
    {
        var (messages, bytes) = connection.Outbox.Waiting;
        var since = connection.Activity.OpenSince;
        return new ConnectionRow(
            connection.Id, reporter.Node, connection.Name, UserOf(connection), connection.Transport.Address, connection.Transport.Kind, since == 0 ? null : TimeOf(since),
            messages, bytes, connection.Inbox.Received, clock.GetMilliseconds());
    }

    private DateTimeOffset TimeOf(long timestamp) => clock.GetUtcNow() - clock.GetElapsedTime(timestamp);

    private static bool Matches(Connection connection, Question asked) => asked.By switch
    {
        "user" => Has(UserOf(connection), asked.Search),
        "channel" => Has(connection.Name, asked.Search),
        "address" => Has(connection.Transport.Address, asked.Search),
        "id" => Has(connection.Id, asked.Search),
        _ => Has(connection.Id, asked.Search) || Has(connection.Name, asked.Search) || Has(UserOf(connection), asked.Search) || Has(connection.Transport.Address, asked.Search),
    };

    // The session is a type of the application, so its properties run in the context of the connection.
    private static string? UserOf(Connection connection)
    {
        using (connection.Ambient.Enter())
            return connection.Session.Current?.UserId;
    }
}
