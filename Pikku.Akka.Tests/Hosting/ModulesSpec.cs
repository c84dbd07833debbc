using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Tests.WebSockets;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Hosting;

/// <summary>An application of modules, each of which says what it consists of.</summary>
public sealed partial class ModulesSpec
{
    [Fact]
    [Trait("Rule", "A1")]
    public async Task What_modules_say_is_one_wiring()
    {
        var order = new List<string>();
        await using var app = App(services => services
            .AddPikku(pikku => pikku
                .AddHocon("pikku.limits.connections-per-address = 7")
                .AddScopes("orders:read")
                .UseMiddleware(Noting("orders", order))
                .UseSession(_ => new Session())
                .WireChannel("orders", c => c.AllowAnonymous().MapAction("ping", () => "orders")))
            .AddPikku(pikku => pikku
                .AddHocon("pikku.limits { connections-per-address = 7, connections-per-node = 8 }")
                .UseMiddleware(Noting("chat", order))
                .AddError<TimeoutException>("BusyError", 503, "Busy.")
                .ConfigureJson(json => json.Converters.Add(new System.Text.Json.Serialization.JsonStringEnumConverter()))
                .WireChannel("chat", c =>
                {
                    c.AllowAnonymous().MapAction("ping", () => DayOfWeek.Monday);
                    c.MapAction("busy", () => { throw new TimeoutException("db-7"); });
                })));
        app.MapPikku();
        await app.StartAsync();
        var address = new Uri(app.Urls.Single());

        using var orders = await TextClient.Connect(new Uri($"ws://{address.Authority}/orders"));
        using var chat = await TextClient.Connect(new Uri($"ws://{address.Authority}/chat"));

        Assert.Equal("""{"action":"ping","result":"orders"}""", await orders.Ask("""{"action":"ping"}"""));
        Assert.Equal("""{"action":"ping","result":"Monday"}""", await chat.Ask("""{"action":"ping"}"""));
        Assert.Contains("BusyError", await chat.Ask("""{"action":"busy"}"""), StringComparison.Ordinal);
        Assert.Equal(["orders", "chat", "orders", "chat", "orders", "chat"], order);
        var limits = app.Services.GetRequiredService<Akka.Settings.PikkuSettings>().Limits;
        Assert.Equal((7, 8), (limits.ConnectionsPerAddress, limits.ConnectionsPerNode));
        await app.StopAsync();
    }

    [Fact]
    [Trait("Rule", "A6")]
    public async Task What_modules_contradict_each_other_in_is_told_at_once_with_both_places()
    {
        await using var app = App(services => services
            .AddPikku(pikku => pikku.UseSession(_ => new Session()).AddError<TimeoutException>("SlowError", 504, "Slow.")
                .WireChannel("news", c => c.MapAction("x", FunctionDescriptor.FromDelegate("same", () => 1))))
            .AddPikku(pikku => pikku.UseSession(_ => new Session()).AddError<TimeoutException>("BusyError", 503, "Busy.")
                .WireChannel("news", c => c.MapAction("x", FunctionDescriptor.FromDelegate("same", () => 2)))));

        var e = await Assert.ThrowsAsync<PikkuWiringException>(() => app.StartAsync());

        foreach (var what in new[] { "have the same name", "have the same route", "'same'", "UseSession", "AddError<TimeoutException>" })
            Assert.Equal(2, Places().Matches(Assert.Single(e.Problems, problem => problem.Contains(what, StringComparison.Ordinal))).DistinctBy(m => m.Value).Count());
    }

    [Fact]
    [Trait("Rule", "A6")]
    public async Task Settings_that_two_modules_set_differently_stop_the_start_with_both_places()
    {
        await using var app = App(services =>
        {
            services.AddPikku().AddHocon("pikku.limits { connections-per-address = 7, connections-per-node = 9 }");
            services.AddPikku().AddHocon("pikku.limits.connections-per-address = 6").AddHocon("pikku.limits.connections-per-address = 8");
        });

        var e = await Assert.ThrowsAsync<PikkuConfigurationException>(() => app.StartAsync());

        Assert.Matches(
            @"^pikku\.limits\.connections-per-address is 7 in PikkuBuilder\.Configure in ModulesSpec\.cs:\d+ and 8 in PikkuBuilder\.Configure in ModulesSpec\.cs:\d+\. Keep one",
            Assert.Single(e.Problems));
    }

    [Fact]
    [Trait("Rule", "A6")]
    public async Task One_exception_lists_the_problems_of_settings_and_wiring()
    {
        await using var app = App(services => services.AddPikku(pikku => pikku
            .AddHocon("pikku.no-such-key = 1")
            .WireChannel("", c => c.OnMessage((string text) => text))));

        var e = await Assert.ThrowsAsync<PikkuConfigurationException>(() => app.StartAsync());

        Assert.Contains(e.Problems, problem => problem.Contains("no-such-key", StringComparison.Ordinal));
        Assert.Contains(e.Problems, problem => problem.Contains("has no name", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_module_adds_to_the_channel_of_another_one_whichever_comes_first(bool addsFirst)
    {
        var order = new List<string>();
        void Wire(PikkuBuilder pikku) => pikku.WireChannel("board", c => c.AllowAnonymous().WithTopic<string>("news").MapAction("ping", () => "pong"));
        void Add(PikkuBuilder pikku) => pikku.ConfigureChannel("board", c =>
        {
            c.WithTags("audited").WithTopic<string>("news").UseMiddleware(Noting("added", order)).OnConnect(() => "hello");
            c.MapAction("more", () => "added");
            c.RoutingKey("command").MapAction("other", () => "key");
        });
        await using var app = App(services =>
        {
            foreach (var module in addsFirst ? [Add, Wire] : new Action<PikkuBuilder>[] { Wire, Add })
                services.AddPikku(module);
        });
        app.MapPikku();
        await app.StartAsync();

        using var client = await TextClient.Connect(new Uri($"ws://{new Uri(app.Urls.Single()).Authority}/board"));

        Assert.Equal("hello", await client.Receive());
        Assert.Equal("""{"action":"ping","result":"pong"}""", await client.Ask("""{"action":"ping"}"""));
        Assert.Equal("""{"action":"more","result":"added"}""", await client.Ask("""{"action":"more"}"""));
        Assert.Equal("""{"command":"other","result":"key"}""", await client.Ask("""{"command":"other"}"""));
        Assert.Equal(3, order.Count);
        await app.StopAsync();
    }

    [Fact]
    [Trait("Rule", "A6")]
    public async Task What_a_module_adds_and_the_channel_has_is_told_with_both_places()
    {
        await using var app = App(services => services
            .AddPikku(pikku => pikku.WireChannel("board", c =>
            {
                c.Route<Opening>("/boards")
                    .WithTopic<string>("news")
                    .AddClientFunction(new ClientFunction<string, string>("confirm"))
                    .OnConnect(() => 1);
                c.MapAction("ping", () => "pong");
            }))
            .AddPikku(pikku => pikku.ConfigureChannel("board", c =>
            {
                c.AllowAnonymous()
                    .Route<OtherOpening>("/other")
                    .WithTopic<int>("news")
                    .AddClientFunction(new ClientFunction<string, int>("confirm"))
                    .OnConnect(() => 2);
                c.MapAction("ping", () => "again");
            })));

        var e = await Assert.ThrowsAsync<PikkuWiringException>(() => app.StartAsync());

        foreach (var what in new[] { "a route", "whether messages need a session", "opening data", "'news'", "'confirm'", "OnConnect", "'action:ping'" })
            Assert.Equal(2, Places().Matches(Assert.Single(e.Problems, problem => problem.Contains(what, StringComparison.Ordinal))).DistinctBy(m => m.Value).Count());
    }

    [Fact]
    [Trait("Rule", "A6")]
    public async Task Adding_to_a_channel_that_nobody_wires_stops_the_start()
    {
        await using var app = App(services => services.AddPikku(pikku => pikku
            .WireChannel("board", c => c.OnMessage((string text) => text))
            .ConfigureChannel("bord", c => c.OnConnect(() => 1))));

        var e = await Assert.ThrowsAsync<PikkuWiringException>(() => app.StartAsync());

        Assert.Matches(@"^ConfigureChannel\(""bord""\) in ModulesSpec\.cs:\d+ adds to a channel that no module wires; .*\('board'\)", Assert.Single(e.Problems));
    }

    [Fact]
    public async Task A_module_registers_the_services_of_its_functions_by_the_same_builder()
    {
        await using var app = App(services => services.AddPikku().Services.AddSingleton(new Opening("from a module")));

        Assert.Equal("from a module", app.Services.GetRequiredService<Opening>().Text);
    }

    [Fact]
    public async Task What_two_modules_say_alike_is_no_contradiction()
    {
        await using var app = App(services => services
            .AddPikku(pikku => pikku.AddError<TimeoutException>("BusyError", 503, "Busy.").AddScopes("a"))
            .AddPikku(pikku => pikku.AddError<TimeoutException>("BusyError", 503, "Busy.").AddScopes("a")));

        await app.StartAsync();
        await app.StopAsync();
    }

    [Fact]
    public async Task Nothing_can_be_said_once_the_application_is_built()
    {
        PikkuBuilder? kept = null;
        await using var app = App(services => services.AddPikku(pikku => kept = pikku));
        app.MapPikku();

        var e = Assert.Throws<InvalidOperationException>(() => kept!.WireChannel("late", _ => { }));

        Assert.Contains("AddPikku", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Channels_that_are_mapped_twice_stop_the_start()
    {
        await using var app = App(services => services.AddPikku(pikku => pikku.WireChannel("a", c => c.OnMessage((string text) => text))));
        app.MapPikku();
        app.MapPikku();

        var e = await Assert.ThrowsAsync<PikkuWiringException>(() => app.StartAsync());

        Assert.Contains("channel 'a': is mapped at /a twice. Call MapPikku once", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_asked_for_without_AddPikku_names_it()
    {
        await using var app = App(_ => { });

        foreach (var ask in new Action[] { () => app.MapPikku(), () => app.MapPikkuCluster(), () => app.MapPikkuAsyncApi() })
            Assert.Contains("AddPikku", Assert.Throws<InvalidOperationException>(ask).Message, StringComparison.Ordinal);
        Assert.Contains("AddPikku", (await Assert.ThrowsAsync<InvalidOperationException>(() => app.RunPikkuAsync(["check"]))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_node_says_what_it_serves_or_that_nothing_is_mapped(bool maps)
    {
        var logs = new LogCapture();
        await using var app = App(services => services
            .AddSingleton<ILoggerProvider>(logs)
            .AddPikku(pikku => pikku.WireChannel("a", c => c.OnMessage((string text) => text))));
        if (maps)
            app.MapPikku();

        await app.StartAsync();
        await app.StopAsync();

        Assert.Equal(maps, logs.Entries.Any(e => e.Level == LogLevel.Information && e.Text.Contains("serves a at /a", StringComparison.Ordinal)));
        Assert.Equal(!maps, logs.Entries.Any(e => e.Level == LogLevel.Warning && e.Text.Contains("app.MapPikku()", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Audited", "AddMiddleware(\"Audited\") has no effect: no channel and no function has this tag; tags are case-sensitive, and 'audited' exists.")]
    [InlineData("nobody", "AddMiddleware(\"nobody\") has no effect: no channel and no function has this tag.")]
    public async Task Middleware_for_a_tag_that_nothing_has_is_told(string tag, string told)
    {
        var logs = new LogCapture();
        await using var app = App(services => services
            .AddSingleton<ILoggerProvider>(logs)
            .AddPikku(pikku => pikku
                .AddMiddleware(tag, (_, next) => next())
                .AddChannelMiddleware("a", (_, e, next) => next(e))
                .WireChannel("a", c => c.WithTags("audited").OnMessage((string text) => text))));
        app.MapPikku();

        await app.StartAsync();
        await app.StopAsync();

        Assert.Single(logs.Entries, e => e.Level == LogLevel.Warning && e.Text.Contains(told, StringComparison.Ordinal));
    }

    private static PikkuMiddleware Noting(string name, List<string> order) => PikkuMiddleware.Of((_, next) =>
    {
        lock (order)
            order.Add(name);
        return next();
    });

    private static WebApplication App(Action<IServiceCollection> services)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        services(builder.Services);
        return builder.Build();
    }

    [GeneratedRegex(@"ModulesSpec\.cs:\d+")]
    private static partial Regex Places();

    private sealed record Session : IPikkuSession;

    private sealed record Opening(string? Text);

    private sealed record OtherOpening(string? Text);
}
