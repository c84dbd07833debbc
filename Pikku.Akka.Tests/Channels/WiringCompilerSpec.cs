using System.Text.RegularExpressions;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Channels;

/// <summary>Every mistake is told with its place and the fix.</summary>
[Trait("Rule", "A6")]
public sealed partial class WiringCompilerSpec
{
    private static readonly FunctionDescriptor Simple = FunctionDescriptor.FromSessionlessDelegate("simple", () => { });

    public static TheoryData<string, Action<PikkuBuilder>> Mistakes => new()
    {
        {
            "channel 'c' declares a topic without a name; give it the one that is published to.",
            app => app.WireChannel("c", c => c.AddTopic<int>(" "))
        },
        {
            "channel 'c' declares the topic 'room:{id', whose braces do not match; write parts that stand for any text as {name}.",
            app => app.WireChannel("c", c => c.AddTopic<int>("room:{id"))
        },
        {
            "channel 'c' declares the topic 'room:{id}' 2 times; keep one.",
            app => app.WireChannel("c", c => c.AddTopic<int>("room:{id}").AddTopic(new Topic<int>("room:{id}")))
        },
        {
            "the topic 'room:{id}' is declared as System.Int32 by channel 'c' and as System.String by channel 'd'; give it one type, or two names.",
            app => app.WireChannel("c", c => c.AddTopic<int>("room:{id}")).WireChannel("d", c => c.AddTopic<string>("room:{id}"))
        },
        {
            "the payload of topic 't' of channel 'c' is System.Action, which can't be serialised: *",
            app => app.WireChannel("c", c => c.AddTopic<Action>("t"))
        },
        {
            "a message that channel 'c' sends is System.Action, which can't be serialised: *",
            app => app.WireChannel("c", c => c.AddClientMessage<Action>())
        },
        {
            "channel 'c' declares a function of its clients without a name; give it the one that is called.",
            app => app.WireChannel("c", c => c.AddClientFunction(new ClientFunction<NoData, int>("")))
        },
        {
            "channel 'c' declares the clients' function 'f' 2 times; keep one.",
            app => app.WireChannel("c", c => c.AddClientFunction(new ClientFunction<NoData, int>("f")).AddClientFunction(new ClientFunction<int, NoData>("f")))
        },
        {
            "the input of the clients' function 'f' of channel 'c' is System.Action, which can't be serialised: *",
            app => app.WireChannel("c", c => c.AddClientFunction(new ClientFunction<Action, NoData>("f")))
        },
        {
            "the channels 'c' and 'c' have the same name; give each its own, or add to the channel of another module with ConfigureChannel.",
            app => app.WireChannel("c", _ => { }).WireChannel("c", c => c.Route("/d"))
        },
        {
            "the channels 'c' and 'd' have the same route; give each its own.",
            app => app.WireChannel("c", _ => { }).WireChannel("d", c => c.Route("/C/"))
        },
        {
            "the channels 'c' and 'd' have the same route; give each its own.",
            app => app.WireChannel("c", c => c.Route("/rooms/{id}")).WireChannel("d", c => c.Route("/rooms/{room}"))
        },
        {
            "a channel has no name; give it one.",
            app => app.WireChannel(" ", c => c.Route("/c"))
        },
        {
            "channel 'c' has the route '/{a', which is no route pattern: *",
            app => app.WireChannel("c", c => c.Route("/{a"))
        },
        {
            "channel 'c' has an empty routing key; name the property that names the action.",
            app => app.WireChannel("c", c => c.OnMessage("", a => a.On("x", Simple)))
        },
        {
            "channel 'c' uses the routing key 'data', which is part of every envelope; choose another one.",
            app => app.WireChannel("c", c => c.OnMessage("data", a => a.On("x", Simple)))
        },
        {
            "channel 'c' uses the routing key 'id', which is part of every envelope; choose another one.",
            app => app.WireChannel("c", c => c.OnMessage("id", a => a.On("x", Simple)))
        },
        {
            "channel 'c' wires nothing to the routing key 'action'; wire an action or remove it.",
            app => app.WireChannel("c", c => c.OnMessage("action", _ => { }))
        },
        {
            "channel 'c' wires 'action:x' 2 times; keep one.",
            app => app.WireChannel("c", c => c.OnMessage("action", a => a.On("x", Simple).On("x", Simple)))
        },
        {
            "channel 'c' wires an empty value of 'action'; give it a name.",
            app => app.WireChannel("c", c => c.OnMessage("action", a => a.On("", Simple)))
        },
        {
            "channel 'c' wires 'action:pikku-rpc-x', but names that begin with 'pikku-rpc-' are reserved; choose another one.",
            app => app.WireChannel("c", c => c.OnMessage("action", a => a.On("pikku-rpc-x", Simple)))
        },
        {
            "route 'action:x' of channel 'c' uses a function without a name; give it one.",
            app => app.WireChannel("c", c => c.OnMessage("action", a => a.On("x", Simple with { Name = "" })))
        },
        {
            "route 'action:y' of channel 'c' uses a function named 'simple', and another one has the same name; rename one, or declare it once and use that.",
            app => app.WireChannel("c", c => c.OnMessage("action", a => a.On("x", Simple).On("y", FunctionDescriptor.FromSessionlessDelegate("simple", () => { }))))
        },
        {
            "the function 'simple' needs the scope 'admin', which nobody declared; declare it with AddScopes(\"admin\").",
            app => app.WireChannel("c", c => c.OnMessage("action", a => a.On("x", Simple with { Scopes = ["admin"] })))
        },
        {
            "route 'action:x' of channel 'c' can't be called: the parameters 'System.Int32 a', 'System.Int32 b' could all be the input; *",
            app => app.WireChannel("c", c => c.OnMessage("action", a => a.On("x", (int a, int b) => a + b)))
        },
        {
            "the input of route 'action:x' of channel 'c' is System.Action, which can't be serialised: *",
            app => app.WireChannel("c", c => c.OnMessage("action", a => a.On("x", (Action _) => { })))
        },
        {
            $"the input of route 'action:x' of channel 'c' is {typeof(Holder)}, which can't be serialised: 'System.Type' has no form in JSON.",
            app => app.WireChannel("c", c => c.OnMessage("action", a => a.On("x", (Holder _) => { })))
        },
        {
            "the result of route 'action:x' of channel 'c' is System.Action, which can't be serialised: *",
            app => app.WireChannel("c", c => c.OnMessage("action", a => a.On("x", () => new Action(() => { }))))
        },
        {
            "route 'action:x' of channel 'c' has the permission 'p', which looks at System.String, but the input is System.Int32; take that, a base of it, or JsonElement.",
            app => app.WireChannel("c", c => c.OnMessage("action", a => a
                .On("x", (int _) => { }, permissions: PikkuPermission.For<string>((_, _) => true, "p"))))
        },
        {
            "the global permission 'p' looks at System.String, but is asked about the data of every function; take JsonElement or object.",
            app => app.RequirePermission(PikkuPermission.For<string>((_, _) => true, "p"))
        },
        {
            "onConnect of channel 'c' takes System.Int32, but the channel's opening data is not declared; declare it with OpeningData<Int32>().",
            app => app.WireChannel("c", c => c.OnConnect((int n) => n))
        },
        {
            "onDisconnect of channel 'c' takes System.Int32, but the channel's opening data is System.String; declare it with OpeningData<Int32>().",
            app => app.WireChannel("c", c => c.OpeningData<string>().OnDisconnect((int _) => { }))
        },
        {
            "the opening data of channel 'c' is System.Action, which can't be serialised: *",
            app => app.WireChannel("c", c => c.OpeningData<Action>())
        },
        {
            "the binary handler of channel 'c' takes System.String; its input must be ReadOnlyMemory<byte> or byte[].",
            app => app.WireChannel("c", c => c.OnBinaryMessage((string _) => { }))
        },
        {
            "the binary handler of channel 'c' returns System.String; its result must be bytes or nothing.",
            app => app.WireChannel("c", c => c.OnBinaryMessage((byte[] _) => "x"))
        },
        {
            "onDisconnect of channel 'c' can't be called: it is async void, so that nobody can wait for it*",
            app => app.WireChannel("c", c => c.OnDisconnect((Action)(async () => await Task.Yield())))
        },
        {
            "the binary message route of channel 'c' can't be called: it is async void, so that nobody can wait for it*",
            app => app.WireChannel("c", c => c.OnBinaryMessage((Action<byte[]>)(async _ => await Task.Yield())))
        },
        {
            "the default message route of channel 'c' can't be called: *",
            app => app.WireChannel("c", c => c.OnMessage((int a, int b) => a + b))
        },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void Tells_a_mistake_with_its_place_and_the_fix(string expected, Action<PikkuBuilder> wire)
    {
        // The lines of this file, which change with it; ModulesSpec shows that they are named.
        var problem = Line().Replace(Assert.Single(Problems(wire)), "");

        if (expected.EndsWith('*'))
            Assert.StartsWith(expected[..^1], problem, StringComparison.Ordinal);
        else
            Assert.Equal(expected, problem);
    }

    [Fact]
    public void Tells_all_mistakes_at_once()
    {
        var wired = new List<Action<PikkuBuilder>>
        {
            app => app.WireChannel("a", c => c.OnMessage("id", a => a.On("x", Simple))),
            app => app.WireChannel("a", c => c.Route("/b").OnMessage("action", a => a.On("", Simple).On("y", (int n, int m) => n + m))),
            app => app.WireChannel("d", c => c.Route("/{x").OnMessage("action", a => a.On("x", Simple with { Scopes = ["s"] }))),
        };

        var failed = Assert.Throws<PikkuWiringException>(() => new TestNode(app => wired.ForEach(w => w(app))));

        Assert.Equal(7, failed.Problems.Count);
        Assert.StartsWith("The wiring has 7 mistake(s):", failed.Message, StringComparison.Ordinal);
        Assert.All(failed.Problems, p => Assert.Contains($"{Environment.NewLine}  - {p}", failed.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Tells_a_mistake_of_a_function_once_however_often_it_is_wired()
    {
        var function = Simple with { Scopes = ["admin"] };

        Assert.Single(Problems(app => app.WireChannel("c", c => c.OnMessage("action", a => a.On("x", function).On("y", function)))));
    }

    [Fact, Trait("Rule", "A4")]
    public async Task Lets_a_function_be_wired_in_many_places()
    {
        await using var node = new TestNode(app => app
            .WireChannel("c", c => c.OnMessage("action", a => a.On("x", Simple).On("y", Simple).On<Listed>("z")))
            .WireChannel("d", c => c.OnMessage("kind", a => a.On("x", Simple).On<Listed>("z"))));

        Assert.Equal(["x", "y", "z"], node.Endpoints[0].Definition.Actions.Select(a => a.Name));
        Assert.Equal(["x", "z"], node.Endpoints[1].Definition.Actions.Select(a => a.Name));
    }

    [Fact, Trait("Rule", "A1")]
    public async Task Takes_defaults_from_the_name()
    {
        await using var node = new TestNode(app => app.WireChannel("c", _ => { }));

        Assert.Equal("/c", node.Endpoint.Definition.Route);
        Assert.True(node.Endpoint.Definition.Auth);
    }

    [Fact, Trait("Rule", "D1")]
    public async Task Lets_an_action_override_the_auth_of_its_channel_and_spares_lifecycle_functions()
    {
        await using var node = new TestNode(app => app.WireChannel("c", c => c
            .OnConnect(() => { }).OnDisconnect(() => { }).OnMessage((string _) => { }).OnBinaryMessage((byte[] _) => { }, auth: false)
            .OnMessage("action", a => a.On("closed", () => { }).On("open", () => { }, auth: false))));

        Assert.Equal([false, false, true, false, true, false], node.Endpoint.Definition.AllActions.Select(a => a.Auth));
    }

    [Fact, Trait("Rule", "H3")]
    public async Task Puts_channel_middleware_by_tag_before_that_of_the_wiring_each_once()
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
