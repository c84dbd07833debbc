using Pikku.Akka.Contracts;
using Pikku.Akka.Contracts.Types;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Contracts;

/// <summary>The contract matches the wiring.</summary>
[Trait("Rule", "M1")]
public sealed class ContractReaderSpec
{
    [Fact]
    public void Contains_the_input_and_output_of_each_action()
    {
        var channel = ContractOf.Channel(c =>
        {
            c.MapAction("class", FunctionDescriptor.FromClass<Find>());
            c.MapAction("delegate", (Query query) => new Found("x"));
            c.MapAction("nothing", () => { });
            c.MapAction("maybe", string? ([FromData] int? number) => null);
            c.MapAction("later", async Task<Found?> (Query query) =>
            {
                await Task.Yield();
                return null;
            });
        });

        Assert.Equal(
            ["class: Query → Found?", "delegate: Query → Found", "nothing: nothing → nothing", "maybe: Int32? → String?", "later: Query → Found?"],
            channel.Keys.Single().Actions.Select(action => $"{action.Name}: {TypeText.Of(action.Input)} → {TypeText.Of(action.Output)}"));
    }

    [Fact]
    public void Routing_keys_are_in_the_order_in_which_they_are_tried()
    {
        var channel = ContractOf.Channel(c =>
        {
            c.RoutingKey("b").MapAction("x", () => 1);
            c.RoutingKey("a").MapAction("x", () => 1);
            c.RoutingKey("a").MapAction("y", () => 2);
        });

        Assert.Equal(["b: x", "a: x y"], channel.Keys.Select(key => $"{key.Key}: {string.Join(' ', key.Actions.Select(action => action.Name))}"));
    }

    [Fact]
    public void Says_which_inputs_are_optional()
    {
        var channel = ContractOf.Channel(c =>
        {
            c.MapAction("none", () => 1);
            c.MapAction("all", (AllDefaults input) => 1);
            c.MapAction("some", (Query input) => 1);
            c.MapAction("null", ([FromData] int? input) => 1);
            c.MapAction("text", ([FromData] string input) => 1);
        });

        Assert.Equal(["none False", "all True", "some False", "null True", "text False"],
            channel.Keys[0].Actions.Select(action => $"{action.Name} {action.MayOmitInput}"));
    }

    [Fact]
    public void Says_which_actions_need_a_session()
    {
        var channels = ContractOf.Wiring(app => app
            .WireChannel("closed", c =>
            {
                c.MapAction("a", () => 1);
                c.MapAction("b", () => 1).AllowAnonymous();
            })
            .WireChannel("open", c =>
            {
                c.AllowAnonymous().MapAction("a", FunctionDescriptor.FromDelegate("needs", () => 1) with { RequiresSession = true });
                c.MapAction("b", () => 1);
            })).Channels;

        Assert.Equal([true, false, true, false], channels.SelectMany(c => c.Keys[0].Actions).Select(action => action.NeedsSession));
    }

    [Fact]
    public void Contains_handlers_topics_messages_and_functions_of_clients()
    {
        var channel = ContractOf.Channel(c =>
        {
            c.Route<Query>("/rooms/{id}").OnConnect(() => new Found("welcome"));
            c.OnMessage((string text) => text);
            c.OnBinaryMessage((byte[] bytes) => { });
            c.WithTopic<Found>("found")
                .WithTopic<string, int>("room:{id}")
                .AddClientMessage<string>()
                .AddClientFunction(new ClientFunction<Query, Found>("ask"))
                .AddClientFunction(new ClientFunction<NoData, NoData>("ping"));
        });

        Assert.Equal("/rooms/{id}", channel.Route);
        Assert.Equal("QueryInput", TypeText.Of(channel.Opening));
        Assert.Equal(("String", "String", true), (TypeText.Of(channel.Fallback!.Input), TypeText.Of(channel.Fallback.Output), channel.IsFallbackText));
        Assert.NotNull(channel.Binary);
        Assert.Equal([("found", "Found"), ("room:{id}", "Int32")], channel.Topics.Select(topic => (topic.Name, TypeText.Of(topic.Payload))));
        Assert.Equal(["Found", "String"], channel.Messages.Select(message => TypeText.Of(message.Type)));
        Assert.All(channel.Messages, message => Assert.Null(message.Name));
        Assert.Equal([("ask", "Query", "Found"), ("ping", "nothing", "nothing")],
            channel.Remotes.Select(remote => (remote.Name, TypeText.Of(remote.Input), TypeText.Of(remote.Output))));
    }

    [Fact]
    public void Calls_of_the_client_have_reversed_directions()
    {
        var contract = ContractOf.Wiring(app => app.WireChannel("test", c => c.AddClientFunction(new ClientFunction<AllDefaults, AllDefaults>("ask"))));

        Assert.Equal([Direction.Output, Direction.Input], contract.Declarations.Select(declaration => declaration.Direction));
        Assert.Equal(["number: Int32"], TypeText.Of((ObjectDeclaration)contract.Declarations[0]));
        Assert.Equal(["number?: Int32"], TypeText.Of((ObjectDeclaration)contract.Declarations[1]));
    }

    [Fact]
    public void Anonymous_types_are_named_after_their_place()
    {
        var contract = ContractOf.Wiring(app => app.WireChannel("my-channel", c => c.MapAction("do it", () => new { a = 1 })));

        Assert.Equal(["MyChannelDoItOutput"], contract.Declarations.Select(declaration => declaration.Name));
    }

    [Fact]
    public void Simple_parameters_are_an_input_that_is_named_after_its_place()
    {
        var contract = ContractOf.Wiring(app => app.WireChannel("my-channel", c => c.MapAction("do it", (int id, string? note, int limit = 5) => id)));

        var input = Assert.IsType<ObjectDeclaration>(Assert.Single(contract.Declarations));
        Assert.Equal("MyChannelDoItInput", input.Name);
        Assert.Equal(["id", "note", "limit"], input.Properties.Select(property => property.Name));
        Assert.Equal([true, false, false], input.Properties.Select(property => property.IsRequired));
    }

    [Fact]
    public void A_topic_that_clients_may_subscribe_to_has_a_key_and_gates()
    {
        var topics = ContractOf.Channel(c =>
        {
            c.AddTopic(new Topic<int>("closed"));
            c.AddTopic(new Topic<int>("open")).AllowSubscribe();
            c.AddTopic(new Topic<int, int>("family:{id}")).AllowSubscribe().RequireSession().RequirePermission((int id) => id > 0);
        }).Topics;

        Assert.Equal([false, true, true], topics.Select(topic => topic.IsSubscribable));
        Assert.Equal([null, null, "Int32"], topics.Select(topic => topic.Key is { } key ? TypeText.Of(key) : null));
        Assert.Equal([(false, false), (true, true)], topics.Skip(1).Select(topic => (topic.Subscription!.NeedsSession, topic.Subscription.NeedsPermission)));
    }

    [Fact]
    [Trait("Rule", "P9")]
    public void A_topic_has_the_history_that_it_declares_and_the_result_of_its_snapshot_function()
    {
        var topics = ContractOf.Channel(c =>
        {
            c.AddTopic(new Topic<int>("plain")).AllowSubscribe();
            c.AddTopic(new Topic<int, int>("kept:{id}")).AllowSubscribe().WithHistory(10, TimeSpan.FromMinutes(1)).WithSnapshot<FindById>();
            c.AddTopic(new Topic<int, int>("family:{id}")).AllowSubscribe().WithHistory(5).WithSnapshot((int id) => Task.FromResult(new Found($"{id}")));
        }).Topics;

        Assert.Equal([null, new HistoryDeclaration(10, TimeSpan.FromMinutes(1)), new HistoryDeclaration(5, null)], topics.Select(topic => topic.History));
        Assert.Equal([null, "Found?", "Found"], topics.Select(topic => topic.Snapshot is { } snapshot ? TypeText.Of(snapshot) : null));
        Assert.All(topics, topic => Assert.Equal(TopicKind.Events, topic.Kind));
    }

    [Fact]
    [Trait("Rule", "P10")]
    [Trait("Rule", "P11")]
    public void A_presence_topic_and_a_state_topic_have_the_type_of_their_entries_and_the_list_or_the_map_of_them_as_state()
    {
        var contract = ContractOf.Wiring(app => app.WireChannel("test", c =>
        {
            c.AddPresence(new PresenceTopic<int, Found>("viewers:{id}")).AllowSubscribe();
            c.AddState(new StateTopic<int>("scores")).AllowSubscribe();
            c.AddPresence(new PresenceTopic<string>("hidden"));
        }));
        var topics = contract.Channels[0].Topics;

        Assert.Equal([TopicKind.Presence, TopicKind.State, TopicKind.Presence], topics.Select(topic => topic.Kind));
        Assert.Equal(["Found", "Int32", "String"], topics.Select(topic => TypeText.Of(topic.Payload)));
        Assert.Equal([new TypeUse.List(topics[0].Payload), new TypeUse.Map(topics[1].Payload), null], topics.Select(topic => topic.Snapshot));
        Assert.All(topics, topic => Assert.NotNull(topic.History));
        // The events have a form of the protocol, not a type of the application.
        Assert.Equal(["Found"], contract.Declarations.Select(declaration => declaration.Name));
    }

    private sealed record Query(string Text, int Limit = 20);

    private sealed record Found(string Text);

    private sealed record AllDefaults(int Number = 1);

    private sealed class FindById : PikkuSessionlessFunc<int, Found?>
    {
        public override ValueTask<Found?> RunAsync(int input, PikkuContext context, CancellationToken cancellationToken) => new((Found?)null);
    }

    private sealed class Find : PikkuSessionlessFunc<Query, Found?>
    {
        public override ValueTask<Found?> RunAsync(Query input, PikkuContext context, CancellationToken cancellationToken) => new((Found?)null);
    }
}
