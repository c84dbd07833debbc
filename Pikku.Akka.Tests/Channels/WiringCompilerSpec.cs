using System.Text.RegularExpressions;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Channels;

/// <summary>Every problem is reported with its location and a fix.</summary>
[Trait("Rule", "A6")]
public sealed partial class WiringCompilerSpec
{
    private static readonly FunctionDescriptor Simple = FunctionDescriptor.FromDelegate("simple", () => { });

    public static TheoryData<string, Action<PikkuBuilder>> Mistakes => new()
    {
        {
            "channel 'c' declares a topic without a name; give the topic the name to which events are published.",
            app => app.WireChannel("c", c => c.WithTopic<int>(" "))
        },
        {
            "channel 'c' declares the topic 'room:{id', which has unbalanced braces; write each placeholder as {name}.",
            app => app.WireChannel("c", c => c.WithTopic<int, int>("room:{id"))
        },
        {
            "channel 'c' declares the topic 'room:{id}' 2 times; remove the duplicates.",
            app => app.WireChannel("c", c => c.WithTopic<int, int>("room:{id}").WithTopic<int, int>("room:{id}"))
        },
        {
            "the topic 'room:{id}' is declared as System.Int32 by channel 'c' and as System.String by channel 'd'; use one type, or two topic names.",
            app => app.WireChannel("c", c => c.WithTopic<int, int>("room:{id}")).WireChannel("d", c => c.WithTopic<int, string>("room:{id}"))
        },
        {
            "channel 'c' declares the topic 't', which keeps 0 events; pass WithHistory a number from 1 to 100000.",
            app => app.WireChannel("c", c => c.AddTopic(new Topic<int>("t")).WithHistory(0))
        },
        {
            "channel 'c' declares the topic 't', which keeps 100001 events; pass WithHistory a number from 1 to 100000.",
            app => app.WireChannel("c", c => c.AddTopic(new Topic<int>("t")).WithHistory(100_001))
        },
        {
            "channel 'c' declares the topic 't', which keeps events for 00:00:00; pass WithHistory a time above zero, or none for pikku.history.max-age.",
            app => app.WireChannel("c", c => c.AddTopic(new Topic<int>("t")).WithHistory(1, TimeSpan.Zero))
        },
        {
            "channel 'c' declares the topic 't', which has bytes as events, which are sent without their number, and keeps a history; use a type that is JSON, or remove WithHistory.",
            app => app.WireChannel("c", c => c.AddTopic(new Topic<byte[]>("t")).WithHistory(1))
        },
        {
            "channel 'c' declares the topic 't', which has a snapshot, but clients can't subscribe to it; call AllowSubscribe(), or remove WithSnapshot.",
            app => app.WireChannel("c", c => c.AddTopic(new Topic<int>("t")).WithHistory(1).WithSnapshot(() => 1))
        },
        {
            "channel 'c' declares the topic 't', which has a snapshot but no history, so the events that are published while it loads would be missed; call WithHistory(…).",
            app => app.WireChannel("c", c => c.AddTopic(new Topic<int>("t")).AllowSubscribe().WithSnapshot(() => 1))
        },
        {
            "the snapshot of the topic 'room:{id}' of channel 'c' has an input of type System.String, but the key of the topic is System.Int32; use the key as the parameter, and register services.",
            app => app.WireChannel("c", c => c.AddTopic(new Topic<int, int>("room:{id}")).AllowSubscribe().WithHistory(1).WithSnapshot((string id) => id))
        },
        {
            "the snapshot of the topic 't' of channel 'c' returns nothing; return the state as one value.",
            app => app.WireChannel("c", c => c.AddTopic(new Topic<int>("t")).AllowSubscribe().WithHistory(1).WithSnapshot(() => { }))
        },
        {
            "the topic 't' keeps 1 events for pikku.history.max-age in channel 'c', and 't' keeps 2 events for pikku.history.max-age in channel 'd'; use the same history for both.",
            app => app.WireChannel("c", c => c.AddTopic(new Topic<int>("t")).WithHistory(1)).WireChannel("d", c => c.AddTopic(new Topic<int>("t")).WithHistory(2))
        },
        {
            "the payload of topic 't' of channel 'c' is System.Action, which cannot be serialized: *",
            app => app.WireChannel("c", c => c.WithTopic<Action>("t"))
        },
        {
            "a message that channel 'c' sends is System.Action, which cannot be serialized: *",
            app => app.WireChannel("c", c => c.AddClientMessage<Action>())
        },
        {
            "channel 'c' declares a client function without a name; give the function the name that the server calls.",
            app => app.WireChannel("c", c => c.AddClientFunction(new ClientFunction<NoData, int>("")))
        },
        {
            "channel 'c' declares the client function 'f' 2 times; remove the duplicates.",
            app => app.WireChannel("c", c => c.AddClientFunction(new ClientFunction<NoData, int>("f")).AddClientFunction(new ClientFunction<int, NoData>("f")))
        },
        {
            "the input of the client function 'f' of channel 'c' is System.Action, which cannot be serialized: *",
            app => app.WireChannel("c", c => c.AddClientFunction(new ClientFunction<Action, NoData>("f")))
        },
        {
            "the channels 'c' and 'c' have the same name; give each channel a unique name, or extend the channel of another module with ConfigureChannel.",
            app => app.WireChannel("c", _ => { }).WireChannel("c", c => c.Route("/d"))
        },
        {
            "the channels 'c' and 'd' have the same route; give each channel a unique route.",
            app => app.WireChannel("c", _ => { }).WireChannel("d", c => c.Route("/C/"))
        },
        {
            "the channels 'c' and 'd' have the same route; give each channel a unique route.",
            app => app.WireChannel("c", c => c.Route("/rooms/{id}")).WireChannel("d", c => c.Route("/rooms/{room}"))
        },
        {
            "a channel has no name; give the channel a name.",
            app => app.WireChannel(" ", c => c.Route("/c"))
        },
        {
            "channel 'c' has the route '/{a', which is not a valid route pattern: *",
            app => app.WireChannel("c", c => c.Route("/{a"))
        },
        {
            "channel 'c' has an empty routing key; pass the name of the property that contains the action.",
            app => app.WireChannel("c", c => c.RoutingKey("").MapAction("x", Simple))
        },
        {
            "channel 'c' uses the routing key 'data', which is reserved for the envelope; choose another one.",
            app => app.WireChannel("c", c => c.RoutingKey("data").MapAction("x", Simple))
        },
        {
            "channel 'c' uses the routing key 'id', which is reserved for the envelope; choose another one.",
            app => app.WireChannel("c", c => c.RoutingKey("id").MapAction("x", Simple))
        },
        {
            "channel 'c' has no actions for the routing key 'action'; add an action or remove the routing key.",
            app => app.WireChannel("c", c => c.RoutingKey("action"))
        },
        {
            "channel 'c' wires 'action:x' 2 times; remove the duplicates.",
            app => app.WireChannel("c", c =>
            {
                c.MapAction("x", Simple);
                c.MapAction("x", Simple);
            })
        },
        {
            "channel 'c' wires an action with an empty value of 'action'; give the action a name.",
            app => app.WireChannel("c", c => c.MapAction("", Simple))
        },
        {
            "channel 'c' wires 'action:pikku-x', but names that begin with 'pikku-' are reserved; choose another one.",
            app => app.WireChannel("c", c => c.MapAction("pikku-x", Simple))
        },
        {
            "route 'action:x' of channel 'c' uses a function without a name; give the function a name.",
            app => app.WireChannel("c", c => c.MapAction("x", Simple with { Name = "" }))
        },
        {
            "route 'action:y' of channel 'c' uses a function named 'simple', but another function has the same name; rename one of them, or share one declaration.",
            app => app.WireChannel("c", c =>
            {
                c.MapAction("x", Simple);
                c.MapAction("y", FunctionDescriptor.FromDelegate("simple", () => { }));
            })
        },
        {
            "the function 'simple' requires the scope 'admin', which is not declared; declare it with AddScopes(\"admin\").",
            app => app.WireChannel("c", c => c.MapAction("x", Simple with { Scopes = ["admin"] }))
        },
        {
            "route 'action:x' of channel 'c' cannot be called: the parameters 'Pikku.Akka.NoData a', 'System.Int32 b' could all be the input; *",
            app => app.WireChannel("c", c => c.MapAction("x", (NoData a, int b) => b))
        },
        {
            "the input of route 'action:x' of channel 'c' is System.Action, which cannot be serialized: *",
            app => app.WireChannel("c", c => c.MapAction("x", (Action _) => { }))
        },
        {
            $"the input of route 'action:x' of channel 'c' is {typeof(Holder)}, which cannot be serialized: 'System.Type' has no JSON representation.",
            app => app.WireChannel("c", c => c.MapAction("x", (Holder _) => { }))
        },
        {
            "the result of route 'action:x' of channel 'c' is System.Action, which cannot be serialized: *",
            app => app.WireChannel("c", c => c.MapAction("x", () => new Action(() => { })))
        },
        {
            "route 'action:x' of channel 'c' has a permission that cannot be asked: the permission 'p' expects System.String, but the data is System.Int32; use the type of the data or a base type, or register System.String if it is a service.",
            app => app.WireChannel("c", c => c.MapAction("x", ([FromData] int _) => { }).RequirePermission(PikkuPermission.Of("p", (string _, PikkuContext _) => true)))
        },
        {
            "the application has a permission that cannot be asked: the permission 'p' expects System.String, but the data is that of any function (JsonElement); use the type of the data or a base type, or register System.String if it is a service.",
            app => app.RequirePermission(PikkuPermission.Of("p", (string _, PikkuContext _) => true))
        },
        {
            "onConnect of channel 'c' has an input of type System.Int32, but the channel's opening data is not declared; declare it with Route<Int32>(…).",
            app => app.WireChannel("c", c => c.OnConnect((int n) => n))
        },
        {
            "onDisconnect of channel 'c' has an input of type System.Int32, but the channel's opening data is System.String; declare it with Route<Int32>(…).",
            app => app.WireChannel("c", c => c.Route<string>("/c").OnDisconnect((int _) => { }))
        },
        {
            "the opening data of channel 'c' is System.Action, which cannot be serialized: *",
            app => app.WireChannel("c", c => c.Route<Action>("/c"))
        },
        {
            "the binary handler of channel 'c' has an input of type System.String; the input must be ReadOnlyMemory<byte> or byte[].",
            app => app.WireChannel("c", c => c.OnBinaryMessage((string _) => { }))
        },
        {
            "the binary handler of channel 'c' returns System.String; the result must be byte[], ReadOnlyMemory<byte> or nothing.",
            app => app.WireChannel("c", c => c.OnBinaryMessage((byte[] _) => "x"))
        },
#pragma warning disable PIKKU0002 // the start refuses what the analyzer reports
        {
            "onDisconnect of channel 'c' cannot be called: it is async void, so it cannot be awaited*",
            app => app.WireChannel("c", c => c.OnDisconnect((Action)(async () => await Task.Yield())))
        },
        {
            "the binary message route of channel 'c' cannot be called: it is async void, so it cannot be awaited*",
            app => app.WireChannel("c", c => c.OnBinaryMessage((Action<byte[]>)(async _ => await Task.Yield())))
        },
#pragma warning restore PIKKU0002
        {
            "the default message route of channel 'c' cannot be called: *",
            app => app.WireChannel("c", c => c.OnMessage((NoData a, int b) => b))
        },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void Reports_a_problem_with_its_location_and_a_fix(string expected, Action<PikkuBuilder> wire)
    {
        // Removes the line numbers, which change with this file. ModulesSpec tests them.
        var problem = Line().Replace(Assert.Single(Problems(wire)), "");

        if (expected.EndsWith('*'))
            Assert.StartsWith(expected[..^1], problem, StringComparison.Ordinal);
        else
            Assert.Equal(expected, problem);
    }

    [Fact]
    public void Reports_all_problems_at_once()
    {
        var wired = new List<Action<PikkuBuilder>>
        {
            app => app.WireChannel("a", c => c.RoutingKey("id").MapAction("x", Simple)),
            app => app.WireChannel("a", c =>
            {
                c.Route("/b").MapAction("", Simple);
                c.MapAction("y", (NoData n, int m) => m);
            }),
            app => app.WireChannel("d", c => c.Route("/{x").MapAction("x", Simple with { Scopes = ["s"] })),
        };

        var failed = Assert.Throws<PikkuWiringException>(() => new TestNode(app => wired.ForEach(w => w(app))));

        Assert.Equal(6, failed.Problems.Count);
        Assert.StartsWith("The wiring has 6 mistake(s):", failed.Message, StringComparison.Ordinal);
        Assert.All(failed.Problems, p => Assert.Contains($"{Environment.NewLine}  - {p}", failed.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Reports_a_problem_of_a_function_once_even_if_the_function_is_wired_twice()
    {
        var function = Simple with { Scopes = ["admin"] };

        Assert.Single(Problems(app => app.WireChannel("c", c =>
        {
            c.MapAction("x", function);
            c.MapAction("y", function);
        })));
    }

    [Fact, Trait("Rule", "A4")]
    public async Task Allows_a_function_to_be_wired_in_many_places()
    {
        await using var node = new TestNode(app => app
            .WireChannel("c", c =>
            {
                c.MapAction("x", Simple);
                c.MapAction("y", Simple);
                c.MapAction<Listed>("z");
            })
            .WireChannel("d", c =>
            {
                c.RoutingKey("kind").MapAction("x", Simple);
                c.RoutingKey("kind").MapAction<Listed>("z");
            }));

        Assert.Equal(["x", "y", "z"], node.Endpoints[0].Definition.Actions.Select(a => a.Name));
        Assert.Equal(["x", "z"], node.Endpoints[1].Definition.Actions.Select(a => a.Name));
    }

    [Fact, Trait("Rule", "A1")]
    public async Task Derives_defaults_from_the_name_of_the_channel()
    {
        await using var node = new TestNode(app => app.WireChannel("c", c => c.OnMessage((string _) => { })));

        Assert.Equal("/c", node.Endpoint.Definition.Route);
        Assert.True(node.Endpoint.Definition.OnMessage!.Auth);
    }

    [Fact, Trait("Rule", "D1")]
    public async Task Allows_an_action_to_override_the_auth_of_its_channel_and_exempts_lifecycle_functions()
    {
        await using var node = new TestNode(app => app.WireChannel("c", c =>
        {
            c.OnConnect(() => { });
            c.OnDisconnect(() => { });
            c.OnMessage((string _) => { });
            c.OnBinaryMessage((byte[] _) => { }).AllowAnonymous();
            c.MapAction("closed", () => { });
            c.MapAction("open", () => { }).AllowAnonymous();
        }));

        Assert.Equal([false, false, true, false, true, false], node.Endpoint.Definition.AllActions.Select(a => a.Auth));
    }

    [Fact, Trait("Rule", "H3")]
    public async Task Runs_channel_middleware_of_tags_before_that_of_the_channel_and_each_once()
    {
        PikkuChannelMiddlewareDelegate tag = (_, e, next) => next(e), name = (_, e, next) => next(e), own = (_, e, next) => next(e);
        await using var node = new TestNode(app => app
            .AddChannelMiddleware("c", name)
            .AddChannelMiddleware("t", tag)
            .WireChannel("c", c => c.WithTags("t").UseChannelMiddleware(own, tag)));

        Assert.Equal([tag, name, own], node.Endpoint.Definition.ChannelMiddleware);
    }

    private static IReadOnlyList<string> Problems(Action<PikkuBuilder> wire) =>
        Assert.Throws<PikkuWiringException>(() => new TestNode(wire)).Problems;

    private sealed record Holder(IReadOnlyList<Type> Kinds);

    private sealed class Listed : PikkuFunc<NoData>
    {
        public override ValueTask RunAsync(NoData input, PikkuContext context, CancellationToken cancellationToken) => default;
    }

    [GeneratedRegex(@" \(WiringCompilerSpec\.cs:\d+\)")]
    private static partial Regex Line();
}
