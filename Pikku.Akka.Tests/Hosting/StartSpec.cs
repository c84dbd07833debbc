using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Hosting;

/// <summary>What stops the start of a node, and what does not.</summary>
public sealed class StartSpec
{
    [Fact]
    [Trait("Rule", "A6")]
    public async Task Mistakes_in_the_wiring_stop_the_start_all_of_them_at_once()
    {
        await using var app = App(pikku => pikku
            .WireChannel("twice", c => c.OnMessage((string text) => text))
            .WireChannel("twice", c => c.OnMessage("action", on => on.On("", () => "empty"))));

        var e = Assert.Throws<PikkuWiringException>(() => app.MapPikku());

        Assert.InRange(e.Problems.Count, 2, int.MaxValue);
        Assert.All(e.Problems, problem => Assert.Contains(problem, e.Message, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Rule", "A6")]
    public async Task Mistakes_in_the_wiring_stop_the_start_even_where_nothing_is_mapped()
    {
        await using var app = App(pikku => pikku.WireChannel("", c => c.OnMessage((string text) => text)));

        await Assert.ThrowsAsync<PikkuWiringException>(() => app.StartAsync());
    }

    [Fact]
    public async Task Mistakes_in_the_settings_stop_the_start_all_of_them_at_once()
    {
        await using var app = App(pikku => pikku.Configure("pikku { no-such-key = 1, limits.connections-per-node = none }"));

        var e = Assert.Throws<PikkuConfigurationException>(() => app.MapPikku());

        Assert.Contains("no-such-key", e.Message, StringComparison.Ordinal);
        Assert.Contains("connections-per-node", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Adding_it_twice_is_refused_and_told_how_to_mend_it()
    {
        var services = new ServiceCollection();
        services.AddPikku(_ => { });

        var e = Assert.Throws<InvalidOperationException>(() => services.AddPikku(_ => { }));

        Assert.Contains("AddPikku", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_authentication_everybody_is_a_guest_whatever_they_show()
    {
        await using var lab = await Lab.Start();
        using var client = await lab.Connect("/lab?access_token=anything");

        Assert.Equal("""{"text":null,"action":"echo"}""", await client.Ask("""{"action":"echo"}"""));
    }

    private static WebApplication App(Action<PikkuBuilder> pikku)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddPikku(pikku);
        return builder.Build();
    }
}
