using System.Collections.Concurrent;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Functions;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Functions;

[Trait("Rule", "H1")]
public sealed class MiddlewareChainSpec : TestKit
{
    private readonly ConcurrentQueue<string> _ran = [];
    private readonly Dictionary<PikkuMiddlewareDelegate, string> _names = [];

    [Fact]
    public void Sorts_by_priority_and_keeps_the_order_within_one()
    {
        PikkuMiddleware[] given =
        [
            Named("a", MiddlewarePriority.Low), Named("b"), Named("c", MiddlewarePriority.Highest), Named("d"),
            Named("e", MiddlewarePriority.Lowest), Named("f", MiddlewarePriority.High), Named("g", MiddlewarePriority.Low),
        ];

        Assert.Equal(["c", "f", "b", "d", "a", "g", "e"], MiddlewareChain.Compose(given[..3], given[3..]).Select(NameOf));
    }

    [Fact]
    public void Keeps_the_first_occurrence_of_each_middleware()
    {
        var (a, b) = (Named("a"), Named("b"));

        Assert.Equal([a, b], MiddlewareChain.Compose([a], [b, a], [a]));
    }

    [Fact]
    public async Task Runs_from_the_application_to_the_function_and_back()
    {
        var function = FunctionDescriptor.FromDelegate("f", () => _ran.Enqueue("run")) with { Tags = ["ft"], Middleware = [Named("function")] };

        await AskAsync(app => app
            .UseMiddleware(Named("global"))
            .AddMiddleware("ct", Named("channelTag").Run)
            .AddMiddleware("ft", Named("functionTag").Run)
            .WireChannel("c", c => c.AllowAnonymous().WithTags("ct").UseMiddleware(Named("channel")).MapAction("go", function).UseMiddleware(Named("action"))));

        string[] order = ["global", "channelTag", "channel", "action", "functionTag", "function"];
        Assert.Equal([.. order.Select(n => $">{n}"), "run", .. order.Reverse().Select(n => $"<{n}")], _ran);
    }

    [Fact, Trait("Rule", "H2")]
    public async Task Around_onConnect_only_that_of_the_application_of_the_tags_and_its_own_run()
    {
        await using var node = new TestNode(app => app
            .UseMiddleware(Named("global"))
            .AddMiddleware("ct", Named("channelTag").Run)
            .WireChannel("c", c => c.WithTags("ct")
                .UseMiddleware(Named("channel"))
                .OnConnect(() => "hi").UseMiddleware(Named("own")).UseMiddleware(Named("late", MiddlewarePriority.Low))));

        Assert.Equal(["global", "channelTag", "own", "late"], node.Endpoint.Definition.OnConnect!.Middleware.Select(NameOf));
    }

    [Fact]
    public async Task Answers_empty_when_next_is_not_called()
    {
        var reply = await AskAsync(app => Wire(app, () => _ran.Enqueue("run"), PikkuMiddleware.Of((_, _) => default)));

        Assert.Equal("""{"action":"go","id":1}""", reply);
        Assert.Empty(_ran);
    }

    [Fact]
    public async Task Fails_when_next_is_called_twice()
    {
        var reply = await AskAsync(app => Wire(app, () => _ran.Enqueue("run"), PikkuMiddleware.Of(TwiceAsync)), "pikku.detailed-errors = on");

        Assert.Contains("The middleware TwiceAsync called next twice.", reply, StringComparison.Ordinal);
        Assert.Equal(["run"], _ran);
    }

    [Fact]
    public async Task Passes_an_exception_outwards_through_every_layer()
    {
        var reply = await AskAsync(app => Wire(app, void () => throw new NotFoundError(), Catching("outer", rethrow: true), Catching("inner", rethrow: true)));

        Assert.Equal("NotFoundError", Reply.ErrorName(reply));
        Assert.Equal(["inner NotFoundError", "outer NotFoundError"], _ran);
    }

    [Fact]
    public async Task Answers_for_the_function_when_a_layer_catches_its_exception()
    {
        var reply = await AskAsync(app => Wire(app, void () => throw new NotFoundError(), Catching("outer", rethrow: true), Catching("inner")));

        Assert.Equal("""{"action":"go","id":1}""", reply);
        Assert.Equal(["inner NotFoundError"], _ran);
    }

    [Fact]
    public async Task Receives_a_refusal_of_the_checks_as_an_exception()
    {
        var function = FunctionDescriptor.FromDelegate("f", () => { }) with { RequiresSession = true };

        await AskAsync(app => app.WireChannel("c", c => c.AllowAnonymous().MapAction("go", function).UseMiddleware(Catching("outer"))));

        Assert.Equal(["outer ForbiddenError"], _ran);
    }

    [Fact]
    public async Task Fails_the_call_when_a_layer_throws_after_the_function_has_returned()
    {
        var late = PikkuMiddleware.Of(async (_, next) =>
        {
            await next();
            throw new NotFoundError();
        });

        Assert.Equal("NotFoundError", Reply.ErrorName(await AskAsync(app => Wire(app, () => 1, late))));
    }

    [Fact]
    public async Task Keeps_the_result_of_the_function_while_layers_yield()
    {
        var yielding = PikkuMiddleware.Of(async (_, next) =>
        {
            await Task.Yield();
            await next();
            await Task.Yield();
        });

        Assert.Equal("""{"action":"go","id":1,"data":1}""", await AskAsync(app => Wire(app, () => 1, yielding)));
    }

    [Fact]
    public async Task Waits_for_the_function_even_if_a_layer_does_not()
    {
        var release = new TaskCompletionSource();
        var careless = PikkuMiddleware.Of((context, next) =>
        {
            _ = next().AsTask();
            release.SetResult();
            return default;
        });

        var reply = await AskAsync(app => Wire(
            app,
            async Task<int> () =>
            {
                await release.Task;
                await Task.Yield();
                return 1;
            },
            careless));

        Assert.Equal("""{"action":"go","id":1,"data":1}""", reply);
    }

    [Fact]
    public async Task Refuses_to_start_the_function_after_the_call_has_ended()
    {
        var late = new TaskCompletionSource<PikkuNext>();
        var keeping = PikkuMiddleware.Of((_, next) =>
        {
            late.SetResult(next);
            return default;
        });

        Assert.Equal("""{"action":"go","id":1}""", await AskAsync(app => Wire(app, () => _ran.Enqueue("run"), keeping)));

        var next = await late.Task;
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await next());
        Assert.Empty(_ran);
    }

    [Fact]
    public async Task Shares_items_and_services_between_its_layers_and_the_function()
    {
        var first = PikkuMiddleware.Of((context, next) =>
        {
            context.Items["service"] = context.Services.GetRequiredService<Scoped>();
            return next();
        });

        var reply = await AskAsync(
            app => Wire(app, (PikkuContext context, Scoped scoped) => ReferenceEquals(context.Items["service"], scoped), first),
            services: s => s.AddScoped<Scoped>());

        Assert.Equal("""{"action":"go","id":1,"data":true}""", reply);
    }

    [Fact]
    public async Task Creates_a_middleware_class_with_the_services_of_the_call()
    {
        var reply = await AskAsync(
            app => Wire(app, (PikkuContext context, Scoped scoped) => ReferenceEquals(context.Items["scoped"], scoped), PikkuMiddleware.Of<Remembering>()),
            services: s => s.AddScoped<Scoped>());

        Assert.Equal("""{"action":"go","id":1,"data":true}""", reply);
    }

    private static void Wire(PikkuBuilder app, Delegate handler, params PikkuMiddleware[] middleware) => app.WireChannel("c", c =>
    {
        var action = c.AllowAnonymous().MapAction("go", handler);
        foreach (var one in middleware)
            action.UseMiddleware(one);
    });

    private static async ValueTask TwiceAsync(PikkuContext context, PikkuNext next)
    {
        await next();
        await next();
    }

    private string NameOf(PikkuMiddleware middleware) => _names[middleware.Run];

    private PikkuMiddleware Named(string name, MiddlewarePriority priority = MiddlewarePriority.Medium)
    {
        PikkuMiddlewareDelegate run = async (_, next) =>
        {
            _ran.Enqueue($">{name}");
            await next();
            _ran.Enqueue($"<{name}");
        };
        _names.Add(run, name);
        return PikkuMiddleware.Of(run, priority);
    }

    private PikkuMiddleware Catching(string name, bool rethrow = false) => PikkuMiddleware.Of(async (_, next) =>
    {
        try
        {
            await next();
        }
        catch (Exception e)
        {
            _ran.Enqueue($"{name} {e.GetType().Name}");
            if (rethrow)
                throw;
        }
    });

    private async Task<string> AskAsync(Action<PikkuBuilder> wire, string hocon = "", Action<IServiceCollection>? services = null)
    {
        await using var node = new TestNode(wire, services, hocon);
        await node.StartAsync(Sys);
        return await node.Connect(enveloped: true).OwnedBy(Sys).AskAsync("""{"action":"go","id":1}""");
    }

    private sealed class Scoped;

    private sealed class Remembering(Scoped scoped) : IPikkuMiddleware
    {
        public ValueTask InvokeAsync(PikkuContext context, PikkuNext next)
        {
            context.Items["scoped"] = scoped;
            return next();
        }
    }
}
