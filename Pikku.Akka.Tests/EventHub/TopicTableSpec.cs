using System.Text.Json;
using FsCheck.Xunit;

using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;

using Xunit;

namespace Pikku.Akka.Tests.EventHub;

public sealed class TopicTableSpec
{
    private static readonly RecordingSubscriber[] People = [.. Enumerable.Range(0, 5).Select(i => new RecordingSubscriber($"s{i}"))];
    private static readonly IEventHandler[] Handlers = [new NamedHandler("h0"), new NamedHandler("h1")];

    // Stands in the model for the subscription that the client of a subscriber makes by itself.
    private static readonly IEventHandler Client = new NamedHandler("client");

    private static readonly TopicType Any = TopicType<JsonElement>.For(JsonSerializerOptions.Web);

    private readonly TopicTable _table = new();

    /// <summary>Any sequence of changes leaves exactly what a set of (topic, subscriber, handler) would hold.</summary>
    [Property(MaxTest = 300), Trait("Rule", "K2")]
    public void Agrees_with_a_plain_set_after_any_sequence_of_changes((byte Kind, byte Topic, byte Subscriber, byte Handler)[] changes)
    {
        var table = new TopicTable();
        var model = new HashSet<(string Topic, string Subscriber, IEventHandler? Handler)>();
        foreach (var change in changes)
        {
            var topic = $"t{change.Topic % 4}";
            var subscriber = People[change.Subscriber % People.Length];
            var handler = change.Handler % 3 == 0 ? null : Handlers[change.Handler % 2];
            switch (change.Kind % 10)
            {
                case 8:
                    table.AddClient(topic, Any, subscriber);
                    model.Add((topic, subscriber.Id, Client));
                    break;
                case 9: Assert.Equal(model.Remove((topic, subscriber.Id, Client)) ? 1 : 0, table.RemoveClient(topic, subscriber.Id)); break;
                case 0: Assert.Equal(model.RemoveWhere(s => s.Subscriber == subscriber.Id), table.RemoveSubscriber(subscriber.Id)); break;
                case 1 or 2: Assert.Equal(model.RemoveWhere(s => s.Subscriber == subscriber.Id && s.Topic == topic), table.Remove(topic, subscriber.Id)); break;
                default: Assert.Equal(model.Add((topic, subscriber.Id, handler)), table.Add(topic, Any, subscriber, handler)); break;
            }

            Assert.Equal(model.Contains((topic, subscriber.Id, handler)), table.Contains(topic, subscriber.Id, handler));
            Assert.Equal(model.Contains((topic, subscriber.Id, Client)), table.HasClient(topic, subscriber.Id));
        }

        Assert.Equal(model.Select(s => s.Topic).Distinct().Count(), table.Topics);
        foreach (var topic in Enumerable.Range(0, 4).Select(i => $"t{i}"))
            Assert.Equal(model.Where(s => s.Topic == topic).Select(Line).Order(StringComparer.Ordinal), Lines(table, topic).Order(StringComparer.Ordinal));
    }

    [Fact, Trait("Rule", "K2")]
    public void Forgets_a_topic_with_its_last_subscriber()
    {
        for (var i = 0; i < 10_000; i++)
            _table.Add($"t{i}", Any, People[i % 2], null);
        for (var i = 0; i < 5_000; i++)
            _table.Remove($"t{i}", People[i % 2].Id);
        _table.RemoveSubscriber(People[0].Id);
        _table.RemoveSubscriber(People[1].Id);

        Assert.Equal(0, _table.Topics);
    }

    [Fact]
    public void Walks_over_the_subscribers_of_a_topic_without_allocating()
    {
        for (var i = 0; i < 1000; i++)
            _table.Add("t", Any, new RecordingSubscriber($"c{i}"), null);
        var seen = Walk();

        var before = GC.GetAllocatedBytesForCurrentThread();
        seen += Walk();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(2000, seen);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void A_topic_has_the_type_of_the_first_that_names_one_until_its_last_subscriber_has_gone()
    {
        var number = TopicType<int>.For(JsonSerializerOptions.Web);
        _table.Add("t", Any, People[0], null);
        Assert.Null(_table.TypeOf("t"));
        _table.Add("t", number, People[1], null);
        Assert.Same(number, _table.TypeOf("t"));

        _table.RemoveSubscriber(People[1].Id);
        Assert.Same(number, _table.TypeOf("t"));
        _table.RemoveSubscriber(People[0].Id);
        Assert.Null(_table.TypeOf("t"));
    }

    [Fact]
    public void Topics_differ_by_case()
    {
        _table.Add("t", Any, People[0], null);

        Assert.True(_table.SubscribersOf("T").IsEmpty);
    }

    private int Walk()
    {
        var seen = 0;
        foreach (var subscription in _table.SubscribersOf("t"))
            seen += subscription.Count;
        return seen;
    }

    private static string Line((string Topic, string Subscriber, IEventHandler? Handler) s) => $"{s.Subscriber}/{s.Handler?.ToString() ?? "plain"}";

    private static List<string> Lines(TopicTable table, string topic)
    {
        var lines = new List<string>();
        foreach (var subscription in table.SubscribersOf(topic))
        {
            if (subscription.IsPlain)
                lines.Add($"{subscription.Subscriber.Id}/plain");
            if (subscription.IsOfClient)
                lines.Add($"{subscription.Subscriber.Id}/{Client}");
            lines.AddRange(subscription.Handlers.Select(h => $"{subscription.Subscriber.Id}/{h}"));
        }

        return lines;
    }

    private sealed record NamedHandler(string Name) : IEventHandler
    {
        public TopicSpans Spans => TopicSpans.Undeclared;

        public ValueTask HandleAsync(HubEvent hubEvent) => default;
    }
}
