using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Hosting;

/// <summary>Services of the application that use Pikku while the host starts, in whatever order they were added.</summary>
public sealed class EarlyUseSpec
{
    private static readonly Topic<string> News = new("news");

    public enum Phase
    {
        Starting,
        Start,
        Started,
    }

    [Theory]
    [InlineData(Phase.Starting, false), InlineData(Phase.Start, false), InlineData(Phase.Started, false)]
    [InlineData(Phase.Starting, true), InlineData(Phase.Start, true), InlineData(Phase.Started, true)]
    public async Task A_service_that_was_added_before_may_use_the_hub_while_the_host_starts(Phase phase, bool concurrently)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<HostOptions>(options => options.ServicesStartConcurrently = concurrently);
        var early = new EarlyService(phase);
        builder.Services.AddSingleton<IHostedService>(provider =>
        {
            early.Services = provider;
            return early;
        });
        builder.Services.AddPikku(pikku => pikku.WireChannel("news", c => c.AllowAnonymous().AddClientMessage<string>().OnMessage((string text) => text)));
        await using var app = builder.Build();
        app.MapPikku();

        await app.StartAsync().Soon();

        Assert.True(early.Done);
        await app.StopAsync().Soon();
    }

    private sealed class EarlyService(Phase phase) : IHostedLifecycleService
    {
        public IServiceProvider Services { get; set; } = null!;

        public bool Done { get; private set; }

        public Task StartingAsync(CancellationToken cancellationToken) => RunIn(Phase.Starting);

        public Task StartAsync(CancellationToken cancellationToken) => RunIn(Phase.Start);

        public Task StartedAsync(CancellationToken cancellationToken) => RunIn(Phase.Started);

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        private async Task RunIn(Phase current)
        {
            if (current != phase)
                return;
            var hub = Services.GetRequiredService<IEventHub>();
            await hub.PublishAsync(News, "early");
            await hub.SubscribeAsync(News, "nobody");
            await hub.UnsubscribeAsync(News, "nobody");
            await Services.GetRequiredService<IPikkuUsers>().SendAsync("ann", "early");
            await Services.GetRequiredService<IPikkuUsers>().RevokeAsync("ann");
            Done = true;
        }
    }
}
