using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Tests.WebSockets;
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
                .Configure("pikku.limits.connections-per-address = 7")
                .AddScopes("orders:read")
                .AddMiddleware(Noting("orders", order))
                .UseSession(_ => new Session())
                .WireChannel("orders", c => c.Auth(false).OnMessage("action", on => on.On("ping", () => "orders"))))
            .AddPikku(pikku => pikku
                .Configure("pikku.limits.connections-per-address = 8")
                .AddMiddleware(Noting("chat", order))
                .AddError<TimeoutException>("BusyError", 503, "Busy.")
                .ConfigureJson(json => json.Converters.Add(new System.Text.Json.Serialization.JsonStringEnumConverter()))
                .WireChannel("chat", c => c.Auth(false).OnMessage("action", on => on
                    .On("ping", () => DayOfWeek.Monday)
                    .On("busy", () => { throw new TimeoutException("db-7"); })))));
        app.MapPikku();
        await app.StartAsync();
        var address = new Uri(app.Urls.Single());

        using var orders = await TextClient.Connect(new Uri($"ws://{address.Authority}/orders"));
        using var chat = await TextClient.Connect(new Uri($"ws://{address.Authority}/chat"));

        Assert.Equal("""{"action":"ping","result":"orders"}""", await orders.Ask("""{"action":"ping"}"""));
        Assert.Equal("""{"action":"ping","result":"Monday"}""", await chat.Ask("""{"action":"ping"}"""));
        Assert.Contains("BusyError", await chat.Ask("""{"action":"busy"}"""), StringComparison.Ordinal);
        Assert.Equal(["orders", "chat", "orders", "chat", "orders", "chat"], order);
        Assert.Equal(8, app.Services.GetRequiredService<Akka.Settings.PikkuSettings>().Limits.ConnectionsPerAddress);
        await app.StopAsync();
    }

    [Fact]
    [Trait("Rule", "A6")]
    public async Task What_modules_contradict_each_other_in_is_told_at_once_with_both_places()
    {
        await using var app = App(services => services
            .AddPikku(pikku => pikku.UseSession(_ => new Session()).AddError<TimeoutException>("SlowError", 504, "Slow.")
                .WireChannel("news", c => c.OnMessage("action", on => on.On("x", PikkuFunction.Sessionless("same", () => 1)))))
            .AddPikku(pikku => pikku.UseSession(_ => new Session()).AddError<TimeoutException>("BusyError", 503, "Busy.")
                .WireChannel("news", c => c.OnMessage("action", on => on.On("x", PikkuFunction.Sessionless("same", () => 2))))));

        var e = await Assert.ThrowsAsync<PikkuWiringException>(() => app.StartAsync());

        foreach (var what in new[] { "have the same name", "have the same route", "'same'", "UseSession", "AddError<TimeoutException>" })
            Assert.Equal(2, Places().Matches(Assert.Single(e.Problems, problem => problem.Contains(what, StringComparison.Ordinal))).DistinctBy(m => m.Value).Count());
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
    [InlineData("Audited", "AddMiddleware(\"Audited\") has no effect: no channel and no function has this tag; 'audited' is there, and case counts.")]
    [InlineData("nobody", "AddMiddleware(\"nobody\") has no effect: no channel and no function has this tag.")]
    public async Task Middleware_for_a_tag_that_nothing_has_is_told(string tag, string told)
    {
        var logs = new LogCapture();
        await using var app = App(services => services
            .AddSingleton<ILoggerProvider>(logs)
            .AddPikku(pikku => pikku
                .AddMiddleware(tag, (PikkuMiddleware)((_, _, next) => next()))
                .AddChannelMiddleware("a", (_, e, next) => next(e))
                .WireChannel("a", c => c.Tags("audited").OnMessage((string text) => text))));
        app.MapPikku();

        await app.StartAsync();
        await app.StopAsync();

        Assert.Single(logs.Entries, e => e.Level == LogLevel.Warning && e.Text.Contains(told, StringComparison.Ordinal));
    }

    private static PikkuMiddleware Noting(string name, List<string> order) => PikkuMiddleware.Of((_, _, next) =>
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
}
