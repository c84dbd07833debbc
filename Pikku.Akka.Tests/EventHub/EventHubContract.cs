using System.Collections.Concurrent;
using System.Text.Json;

using Akka.TestKit.Xunit2;

using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;
using Pikku.Akka.Tests.Support;

using Xunit;

namespace Pikku.Akka.Tests.EventHub;

/// <summary>
/// What every event hub must do, on however many nodes: tests publish on the first and subscribe on the first and on the last. Nothing
/// here waits for time to pass: that an event does not come shows when a later one of the same topic comes first.
/// </summary>
public abstract class EventHubContract : TestKit, IAsyncLifetime
{
    private static readonly Topic<string> News = new("news");
    private static readonly Topic<string> Other = new("other");
    private static readonly string[] LastOnly = ["last"];

    private IReadOnlyList<HubNode> _nodes = [];

    private HubNode Near => _nodes[0];

    private HubNode Far => _nodes[^1];

    internal abstract Task<IReadOnlyList<HubNode>> StartNodesAsync();

    public async Task InitializeAsync() => _nodes = await StartNodesAsync();

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
            node.Dispose();
        await StopNodesAsync();
    }

    protected virtual Task StopNodesAsync() => Task.CompletedTask;

    [Fact, Trait("Rule", "K1"), Trait("Rule", "C4")]
    public async Task Sends_topic_and_data_to_a_subscriber()
    {
        var subscriber = Far.Connect("a");
        await Far.Hub.SubscribeAsync(News, "a");

        await Near.Hub.PublishAsync(News, "hello");

        Assert.Equal("""{"topic":"news","data":"hello"}""", await subscriber.NextAsync());
    }

    [Fact, Trait("Rule", "K1")]
    public async Task Sends_nothing_of_topics_that_were_not_subscribed()
    {
        var subscriber = Far.Connect("a");
        await Far.Hub.SubscribeAsync(News, "a");

        await Near.Hub.PublishAsync(Other, "not this");
        await Near.Hub.PublishAsync(new Topic<string>("News"), "nor this");
        await Near.Hub.PublishAsync(News, "last");

        Assert.Equal(LastOnly, await DataUntilLastAsync(subscriber));
    }

    [Fact, Trait("Rule", "K1")]
    public async Task Sends_nothing_after_unsubscribe()
    {
        var subscriber = Far.Connect("a");
        await Far.Hub.SubscribeAsync(News, "a");
        await Far.Hub.UnsubscribeAsync(News, "a");
        var witness = Far.Connect("witness");
        await Far.Hub.SubscribeAsync(News, "witness");

        await Near.Hub.PublishAsync(News, "not this");
        Assert.Equal("not this", Data(await witness.NextEventAsync()));
        await Far.Hub.SubscribeAsync(News, "a");
        await Near.Hub.PublishAsync(News, "last");

        Assert.Equal(LastOnly, await DataUntilLastAsync(subscriber));
    }

    [Fact, Trait("Rule", "K1")]
    public async Task Unsubscribe_of_what_was_never_subscribed_does_nothing()
    {
        Far.Connect("a");

        await Far.Hub.UnsubscribeAsync(News, "a");
        await Far.Hub.UnsubscribeAsync(News, "nobody");

        Assert.Equal(0, Far.Count("subscriptions"));
    }

    [Fact, Trait("Rule", "K1")]
    public async Task Calls_a_handler_with_the_event_as_its_type()
    {
        var todos = new Topic<Todo>("todos");
        var got = new BlockingCollection<Todo>();
        var published = new Todo(7, "tidy", [1, 2]);
        Far.Connect("a");
        await Far.Hub.SubscribeAsync(todos, "a", Keep(got));

        await Near.Hub.PublishAsync(todos, published);

        var todo = Take(got);
        Assert.Equivalent(published, todo);
        Assert.NotSame(published, todo);
    }

    [Fact, Trait("Rule", "K1")]
    public async Task A_handler_and_the_plain_form_both_get_the_event_once_and_end_together()
    {
        var got = new BlockingCollection<string>();
        var handler = Keep(got);
        var subscriber = Far.Connect("a");
        await Far.Hub.SubscribeAsync(News, "a", handler);
        await Far.Hub.SubscribeAsync(News, "a");
        await Far.Hub.SubscribeAsync(News, "a", handler);

        await Near.Hub.PublishAsync(News, "one");
        Assert.Equal("one", Data(await subscriber.NextEventAsync()));
        Assert.Equal("one", Take(got));

        await Far.Hub.UnsubscribeAsync(News, "a");
        Assert.Equal(0, Far.Count("subscriptions"));
        Assert.Empty(got);
    }

    [Fact, Trait("Rule", "K1")]
    public async Task A_handler_that_fails_is_counted_and_ends_nothing()
    {
        var got = new BlockingCollection<string>();
        Far.Connect("a");
        await Far.Hub.SubscribeAsync(News, "a", data =>
        {
            got.Add(data);
            throw new InvalidOperationException("The handler failed.");
        });

        await Near.Hub.PublishAsync(News, "one");
        await Near.Hub.PublishAsync(News, "two");

        Assert.Equal("one", Take(got));
        Assert.Equal("two", Take(got));
        await AwaitAssertAsync(() => Assert.Equal(2, Far.Count("handler_failures")), Patience.Long);
    }

    [Theory, Trait("Rule", "K1")]
    [InlineData("tópico/ñ:日本語")]
    [InlineData("👩‍👩‍👧 emoji")]
    [InlineData("with \"quotes\" and \\ and </script>")]
    [InlineData("*")]
    [InlineData("/user/$a#1%20")]
    [InlineData(" padded ")]
    [InlineData("line\nbreak\0zero")]
    public async Task A_topic_may_be_any_text_that_is_not_blank(string name)
    {
        var topic = new Topic<int>(name);
        var subscriber = Far.Connect("a");
        await Far.Hub.SubscribeAsync(topic, "a");

        await Near.Hub.PublishAsync(topic, 1);

        using var message = JsonDocument.Parse(await subscriber.NextAsync());
        Assert.Equal(name, message.RootElement.GetProperty("topic").GetString());
        Assert.Equal(1, message.RootElement.GetProperty("data").GetInt32());
    }

    [Fact, Trait("Rule", "K2")]
    public async Task Subscribing_twice_delivers_once()
    {
        var subscriber = Far.Connect("a");
        await Far.Hub.SubscribeAsync(News, "a");
        await Far.Hub.SubscribeAsync(News, "a");

        await Near.Hub.PublishAsync(News, "one");
        await Near.Hub.PublishAsync(News, "last");

        Assert.Equal(["one", "last"], await DataUntilLastAsync(subscriber));
    }

    [Fact, Trait("Rule", "K2")]
    public async Task A_connection_that_ends_takes_all_of_its_subscriptions_along()
    {
        var leaves = Far.Connect("leaves");
        var stays = Far.Connect("stays");
        foreach (var topic in Topics(HubNode.MaxSubscriptions))
        {
            await Far.Hub.SubscribeAsync(topic, "leaves");
            await Far.Hub.SubscribeAsync(topic, "stays");
        }

        Far.Disconnect(leaves);
        foreach (var topic in Topics(HubNode.MaxSubscriptions))
            await Near.Hub.PublishAsync(topic, 1);

        for (var i = 0; i < HubNode.MaxSubscriptions; i++)
            await stays.NextEventAsync();
        Assert.Empty(leaves.Received);
        Assert.Equal(HubNode.MaxSubscriptions, Far.Count("subscriptions"));
    }

    [Fact, Trait("Rule", "K2")]
    public async Task Ten_thousand_topics_that_come_and_go_leave_nothing_behind()
    {
        const int perConnection = HubNode.MaxSubscriptions;
        for (var connection = 0; connection < 10_000 / perConnection; connection++)
        {
            var subscriber = Far.Connect($"c{connection}");
            var calls = Enumerable.Range(0, perConnection).Select(i => Far.Hub.SubscribeAsync(new Topic<int>($"t{connection}/{i}"), subscriber.Id).AsTask());
            await Task.WhenAll(calls);
            Far.Disconnect(subscriber);
        }

        await AwaitAssertAsync(() => Assert.Equal(0, Far.Count("subscriptions")), Patience.Long);
    }

    [Fact, Trait("Rule", "K2")]
    public async Task Subscribes_that_race_with_the_end_of_their_connection_leave_nothing_behind()
    {
        for (var round = 0; round < 200; round++)
        {
            var subscriber = Far.Connect($"c{round}");
            var subscribing = Task.Run(() => Task.WhenAll(Topics(HubNode.MaxSubscriptions).Select(t => Far.Hub.SubscribeAsync(t, subscriber.Id).AsTask())));
            Far.Disconnect(subscriber);
            await subscribing;
        }

        await AwaitAssertAsync(() => Assert.Equal(0, Far.Count("subscriptions")), Patience.Long);
    }

    [Fact, Trait("Rule", "K2")]
    public async Task Subscribing_a_connection_that_has_gone_does_nothing()
    {
        var subscriber = Far.Connect("a");
        Far.Disconnect(subscriber);

        await Far.Hub.SubscribeAsync(News, "a");
        await Far.Hub.SubscribeAsync(News, "a", _ => default);

        Assert.Equal(0, Far.Count("subscriptions"));
    }

    [Fact, Trait("Rule", "K2")]
    public async Task Connections_that_end_during_publishes_disturb_no_other()
    {
        const int events = 500;
        var stays = Far.Connect("stays");
        await Far.Hub.SubscribeAsync(News, "stays");

        var publishing = Task.Run(async () =>
        {
            for (var i = 0; i < events; i++)
                await Near.Hub.PublishAsync(News, $"{i}");
        });
        for (var i = 0; !publishing.IsCompleted; i++)
        {
            var leaves = Far.Connect($"c{i}");
            await Far.Hub.SubscribeAsync(News, leaves.Id);
            Far.Disconnect(leaves);
        }

        await publishing;
        for (var i = 0; i < events; i++)
            Assert.Equal($"{i}", Data(await stays.NextEventAsync()));
        await AwaitAssertAsync(() => Assert.Equal(1, Far.Count("subscriptions")), Patience.Long);
    }

    [Fact, Trait("Rule", "K2")]
    public async Task A_connection_may_have_so_many_subscriptions_and_no_more()
    {
        Far.Connect("a");
        foreach (var topic in Topics(HubNode.MaxSubscriptions))
            await Far.Hub.SubscribeAsync(topic, "a");
        // What is there already takes no new place.
        await Far.Hub.SubscribeAsync(Topics(1).Single(), "a");

        Assert.Equal(EventHubErrorReason.TooManySubscriptions, await RefusalAsync(() => Far.Hub.SubscribeAsync(News, "a")));
        Assert.Equal(EventHubErrorReason.TooManySubscriptions, await RefusalAsync(() => Far.Hub.SubscribeAsync(News, "a", _ => default)));

        await Far.Hub.UnsubscribeAsync(Topics(1).Single(), "a");
        await Far.Hub.SubscribeAsync(News, "a");
    }

    [Fact, Trait("Rule", "K3")]
    public async Task Reaches_every_subscriber_on_every_node_once()
    {
        var subscribers = new List<RecordingSubscriber>();
        foreach (var (node, n) in _nodes.Select((node, n) => (node, n)))
        {
            for (var i = 0; i < 100; i++)
            {
                subscribers.Add(node.Connect($"{n}/{i}"));
                await node.Hub.SubscribeAsync(News, $"{n}/{i}");
            }
        }

        await Near.Hub.PublishAsync(News, "one");
        await Near.Hub.PublishAsync(News, "last");

        foreach (var subscriber in subscribers)
            Assert.Equal(["one", "last"], await DataUntilLastAsync(subscriber));
    }

    [Fact, Trait("Rule", "K3")]
    public async Task Leaves_out_the_excepted_channel_wherever_it_is()
    {
        var got = new BlockingCollection<string>();
        var excepted = Far.Connect("excepted");
        var near = Near.Connect("near");
        var far = Far.Connect("far");
        await Far.Hub.SubscribeAsync(News, "excepted");
        await Far.Hub.SubscribeAsync(News, "excepted", Keep(got));
        await Near.Hub.SubscribeAsync(News, "near");
        await Far.Hub.SubscribeAsync(News, "far");

        await Near.Hub.PublishAsync(News, "not for all", new PublishOptions { ExceptChannelId = "excepted" });
        await Near.Hub.PublishAsync(News, "last");

        Assert.Equal(["not for all", "last"], await DataUntilLastAsync(near));
        Assert.Equal(["not for all", "last"], await DataUntilLastAsync(far));
        Assert.Equal(LastOnly, await DataUntilLastAsync(excepted));
        Assert.Equal("last", Take(got));
    }

    [Fact, Trait("Rule", "K4")]
    public async Task A_subscriber_of_the_publishing_node_has_the_event_when_publish_returns()
    {
        var subscriber = Near.Connect("a");
        await Near.Hub.SubscribeAsync(News, "a");

        for (var i = 1; i <= 200; i++)
        {
            await Near.Hub.PublishAsync(News, $"{i}");
            Assert.Equal(i, subscriber.Received.Count);
        }
    }

    [Fact, Trait("Rule", "K5")]
    public async Task All_subscribers_see_the_events_of_one_node_in_one_order()
    {
        const int publishers = 4, each = 250;
        var subscribers = new[] { Near.Connect("a"), Far.Connect("b"), Far.Connect("c") };
        await Near.Hub.SubscribeAsync(News, "a");
        await Far.Hub.SubscribeAsync(News, "b");
        await Far.Hub.SubscribeAsync(News, "c");

        await Task.WhenAll(Enumerable.Range(0, publishers).Select(p => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
                await Near.Hub.PublishAsync(News, $"{p}:{i:D4}");
        })));
        await Near.Hub.PublishAsync(News, "last");

        var seen = await DataUntilLastAsync(subscribers[0]);
        Assert.Equal(publishers * each + 1, seen.Count);
        Assert.Equal(seen, await DataUntilLastAsync(subscribers[1]));
        Assert.Equal(seen, await DataUntilLastAsync(subscribers[2]));
        for (var p = 0; p < publishers; p++)
        {
            var own = seen.Where(data => data.StartsWith($"{p}:", StringComparison.Ordinal)).ToList();
            Assert.Equal(own.Order(StringComparer.Ordinal), own);
        }
    }

    [Fact, Trait("Rule", "K5")]
    public async Task Publishes_that_nobody_awaits_keep_their_order()
    {
        var subscriber = Far.Connect("a");
        await Far.Hub.SubscribeAsync(News, "a");

        for (var i = 0; i < 1000; i++)
            _ = Near.Hub.PublishAsync(News, $"{i}").AsTask();
        await Near.Hub.PublishAsync(News, "last");

        Assert.Equal([.. Enumerable.Range(0, 1000).Select(i => $"{i}"), "last"], await DataUntilLastAsync(subscriber));
    }

    [Theory, Trait("Rule", "K6")]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\t\n")]
    [InlineData(null)]
    public Task A_blank_topic_name_is_refused(string? name) => AssertInvalidTopicAsync(name);

    // Not a case of the theory above: test runners carry their arguments as UTF-8, which mends such a name.
    [Fact, Trait("Rule", "K6")]
    public Task A_topic_name_that_is_not_unicode_is_refused() => AssertInvalidTopicAsync("half a pair \uD83D");

    private async Task AssertInvalidTopicAsync(string? name)
    {
        var topic = new Topic<int>(name!);
        Far.Connect("a");

        Assert.Equal(EventHubErrorReason.InvalidTopic, await RefusalAsync(() => Near.Hub.PublishAsync(topic, 1)));
        Assert.Equal(EventHubErrorReason.InvalidTopic, await RefusalAsync(() => Far.Hub.SubscribeAsync(topic, "a")));
        Assert.Equal(EventHubErrorReason.InvalidTopic, await RefusalAsync(() => Far.Hub.SubscribeAsync(topic, "a", _ => default)));
        Assert.Equal(EventHubErrorReason.InvalidTopic, await RefusalAsync(() => Far.Hub.UnsubscribeAsync(topic, "a")));
    }

    [Fact, Trait("Rule", "K6")]
    public async Task A_topic_name_may_be_as_long_as_the_limit_and_no_longer()
    {
        await Near.Hub.PublishAsync(new Topic<int>(new string('t', HubNode.MaxTopicLength)), 1);

        Assert.Equal(EventHubErrorReason.InvalidTopic, await RefusalAsync(() => Near.Hub.PublishAsync(new Topic<int>(new string('t', HubNode.MaxTopicLength + 1)), 1)));
    }

    [Fact, Trait("Rule", "K6")]
    public async Task An_event_above_the_limit_is_refused_and_nothing_is_sent()
    {
        var bytes = new Topic<byte[]>("bytes");
        var subscriber = Far.Connect("a");
        await Far.Hub.SubscribeAsync(News, "a");
        await Far.Hub.SubscribeAsync(bytes, "a");

        Assert.Equal(EventHubErrorReason.TooLarge, await RefusalAsync(() => Near.Hub.PublishAsync(News, new string('x', HubNode.MaxEventSize))));
        Assert.Equal(EventHubErrorReason.TooLarge, await RefusalAsync(() => Near.Hub.PublishAsync(bytes, new byte[HubNode.MaxEventSize + 1])));
        await Near.Hub.PublishAsync(bytes, new byte[HubNode.MaxEventSize]);

        Assert.Equal(HubNode.MaxEventSize, (await subscriber.NextEventAsync()).Payload.Length);
    }

    [Fact, Trait("Rule", "K6")]
    public async Task A_payload_that_cannot_be_serialised_is_refused_and_nothing_is_sent()
    {
        var subscriber = Far.Connect("a");
        await Far.Hub.SubscribeAsync(News, "a");

        Assert.Equal(EventHubErrorReason.NotSerializable, await RefusalAsync(() => Near.Hub.PublishAsync(new Topic<Knot>(News.Name), new Knot())));
        Assert.Equal(EventHubErrorReason.NotSerializable, await RefusalAsync(() => Near.Hub.PublishAsync(new Topic<Type>(News.Name), typeof(int))));
        Assert.Equal(EventHubErrorReason.NotSerializable, await RefusalAsync(() => Near.Hub.PublishAsync(new Topic<Thrower>(News.Name), new Thrower())));
        await Near.Hub.PublishAsync(News, "last");

        Assert.Equal(LastOnly, await DataUntilLastAsync(subscriber));
    }

    [Fact, Trait("Rule", "K6")]
    public async Task A_handler_that_never_ends_holds_up_no_publish()
    {
        var never = new TaskCompletionSource();
        var subscriber = Far.Connect("a");
        await Far.Hub.SubscribeAsync(News, "a", _ => new ValueTask(never.Task));
        await Far.Hub.SubscribeAsync(News, "a");

        await Near.Hub.PublishAsync(News, "one");
        await Near.Hub.PublishAsync(News, "last");

        Assert.Equal(["one", "last"], await DataUntilLastAsync(subscriber));
    }

    [Fact, Trait("Rule", "K6")]
    public async Task A_subscriber_that_throws_harms_no_other()
    {
        Far.Connect("broken").OnDeliver = _ => throw new InvalidOperationException("The connection failed.");
        var sound = Far.Connect("sound");
        await Far.Hub.SubscribeAsync(News, "broken");
        await Far.Hub.SubscribeAsync(News, "sound");

        await Near.Hub.PublishAsync(News, "one");
        await Near.Hub.PublishAsync(News, "last");

        Assert.Equal(["one", "last"], await DataUntilLastAsync(sound));
        await AwaitAssertAsync(() => Assert.Equal(2, Far.Count("delivery_failures")), Patience.Long);
    }

    [Fact, Trait("Rule", "K7")]
    public async Task A_subscribe_is_in_force_on_every_node_when_it_returns()
    {
        var subscriber = Far.Connect("a");
        foreach (var topic in Topics(HubNode.MaxSubscriptions))
        {
            await Far.Hub.SubscribeAsync(topic, "a");
            await Near.Hub.PublishAsync(topic, 1);

            Assert.Equal(topic.Name, (await subscriber.NextEventAsync()).Topic);
        }
    }

    [Fact, Trait("Rule", "C4")]
    public async Task A_raw_event_goes_out_without_its_envelope()
    {
        var todos = new Topic<Todo>("todos");
        var subscriber = Far.Connect("a");
        await Far.Hub.SubscribeAsync(todos, "a");
        await Far.Hub.SubscribeAsync(News, "a");

        await Near.Hub.PublishAsync(todos, new Todo(1, "x", []), new PublishOptions { PayloadOnly = true });
        Assert.Equal("""{"id":1,"title":"x","tags":[]}""", await subscriber.NextAsync());

        await Near.Hub.PublishAsync(News, "plain \"text\"", new PublishOptions { PayloadOnly = true });
        Assert.Equal("plain \"text\"", await subscriber.NextAsync());
    }

    [Fact, Trait("Rule", "K1")]
    public async Task Bytes_go_out_as_a_binary_frame_and_reach_a_typed_handler()
    {
        var blobs = new Topic<ReadOnlyMemory<byte>>("blobs");
        var got = new BlockingCollection<ReadOnlyMemory<byte>>();
        byte[] bytes = [0, 0xFF, 0x22, 0x80];
        var subscriber = Far.Connect("a");
        await Far.Hub.SubscribeAsync(blobs, "a");
        await Far.Hub.SubscribeAsync(blobs, "a", Keep(got));

        var publishing = Near.Hub.PublishAsync(blobs, bytes.AsMemory());
        // The publisher may use its buffer again as soon as publish has returned.
        bytes[0] = 9;
        await publishing;

        var hubEvent = await subscriber.NextEventAsync();
        Assert.True(hubEvent.IsBinary);
        Assert.Equal(MessageKind.Binary, hubEvent.Message.Kind);
        Assert.Equal([0, 0xFF, 0x22, 0x80], hubEvent.Message.Span.ToArray());
        Assert.Equal([0, 0xFF, 0x22, 0x80], Take(got).ToArray());
    }

    [Fact, Trait("Rule", "K1")]
    public async Task An_event_of_another_type_than_the_subscribers_expect_is_delivered_on_no_node()
    {
        var handled = new BlockingCollection<Todo>();
        var todos = new Topic<Todo>("todos");
        var subscriber = Far.Connect("a");
        await Far.Hub.SubscribeAsync(todos, "a");
        await Far.Hub.SubscribeAsync(todos, "a", Keep(handled));

        // Refused where the subscribers are, dropped and counted elsewhere; a type that can be read as the other may have been renamed.
        foreach (var publish in new Func<ValueTask>[]
        {
            () => Near.Hub.PublishAsync(new Topic<int>(todos.Name), 1),
            () => Near.Hub.PublishAsync(new Topic<string>(todos.Name), "text"),
            () => Near.Hub.PublishAsync(new Topic<int[]>(todos.Name), [1]),
            () => Near.Hub.PublishAsync(new Topic<byte[]>(todos.Name), [1]),
            () => Near.Hub.PublishAsync(new Topic<JsonElement>(todos.Name), JsonSerializer.SerializeToElement("text")),
            () => Near.Hub.PublishAsync(new Topic<object?>(todos.Name), null),
        })
        {
            if (ReferenceEquals(Near, Far))
                Assert.Equal(EventHubErrorReason.TypeMismatch, await RefusalAsync(publish));
            else
                await publish();
        }

        await Near.Hub.PublishAsync(new Topic<JsonElement>(todos.Name), JsonSerializer.SerializeToElement(new Todo(1, "as JSON", []), JsonSerializerOptions.Web));
        await Near.Hub.PublishAsync(todos, new Todo(2, "last", []));

        Assert.Equal("as JSON", (await subscriber.NextEventAsync()).As<Todo>(JsonSerializerOptions.Web)!.Title);
        Assert.Equal("last", (await subscriber.NextEventAsync()).As<Todo>(JsonSerializerOptions.Web)!.Title);
        Assert.Equal(["as JSON", "last"], new[] { Take(handled).Title, Take(handled).Title });
        Assert.Empty(handled);
        Assert.Equal(ReferenceEquals(Near, Far) ? 0 : 6, Far.Count("type_mismatches"));
    }

    [Fact, Trait("Rule", "K1")]
    public async Task Whoever_names_another_type_for_a_topic_that_has_subscribers_is_told_both()
    {
        Far.Connect("a");
        Far.Connect("b");
        await Far.Hub.SubscribeAsync(new Topic<int>("t"), "a");

        var refusal = await Assert.ThrowsAsync<EventHubException>(() => Far.Hub.SubscribeAsync(new Topic<Todo>("t"), "b").AsTask());
        Assert.Equal(EventHubErrorReason.TypeMismatch, refusal.Reason);
        Assert.Contains(typeof(int).ToString(), refusal.Message, StringComparison.Ordinal);
        Assert.Contains(typeof(Todo).ToString(), refusal.Message, StringComparison.Ordinal);
        Assert.Equal(EventHubErrorReason.TypeMismatch, await RefusalAsync(() => Far.Hub.SubscribeAsync(new Topic<Todo>("t"), "b", _ => default)));
        await Far.Hub.SubscribeAsync(new Topic<JsonElement>("t"), "b");
        Assert.Equal(2, Far.Count("subscriptions"));
    }

    [Fact, Trait("Rule", "K6")]
    public async Task Null_is_refused_where_the_type_of_the_topic_does_not_know_it()
    {
        var subscriber = Far.Connect("a");
        await Far.Hub.SubscribeAsync(new Topic<JsonElement>("any"), "a");
        await Far.Hub.SubscribeAsync(new Topic<int?>("maybe"), "a");

        await Assert.ThrowsAsync<ArgumentNullException>(() => Near.Hub.PublishAsync(News, null!).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => Near.Hub.PublishAsync(new Topic<byte[]>("bytes"), null!).AsTask());
        await Near.Hub.PublishAsync(new Topic<int?>("maybe"), null);
        Assert.Equal("""{"topic":"maybe","data":null}""", await subscriber.NextAsync());
        await Near.Hub.PublishAsync(new Topic<object?>("any"), null);
        Assert.Equal("""{"topic":"any","data":null}""", await subscriber.NextAsync());
    }

    private static IEnumerable<Topic<int>> Topics(int count) => Enumerable.Range(0, count).Select(i => new Topic<int>($"topic:{i}"));

    private static Func<T, ValueTask> Keep<T>(BlockingCollection<T> got) => data =>
    {
        got.Add(data);
        return default;
    };

    private static T Take<T>(BlockingCollection<T> got)
    {
        Assert.True(got.TryTake(out var data, Patience.Long));
        return data;
    }

    private static string Data(HubEvent hubEvent) => hubEvent.As<string>(JsonSerializerOptions.Web)!;

    private static async Task<List<string>> DataUntilLastAsync(RecordingSubscriber subscriber)
    {
        var seen = new List<string>();
        do
            seen.Add(Data(await subscriber.NextEventAsync()));
        while (seen[^1] != "last");
        return seen;
    }

    private static async Task<EventHubErrorReason> RefusalAsync(Func<ValueTask> call) =>
        (await Assert.ThrowsAsync<EventHubException>(() => call().AsTask())).Reason;

    private sealed record Todo(int Id, string Title, int[] Tags);

    private sealed class Knot
    {
        public Knot Self => this;
    }

    private sealed class Thrower
    {
        public Knot Value => field ?? throw new InvalidOperationException("The getter failed.");
    }
}
