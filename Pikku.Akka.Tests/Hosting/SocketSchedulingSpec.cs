using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Pikku.Akka.Hosting;
using Pikku.Akka.Tests.Settings;
using Xunit;

namespace Pikku.Akka.Tests.Hosting;

/// <summary>What <c>pikku.dispatch.mode</c> changes.</summary>
public sealed class SocketSchedulingSpec
{
    private const string SpinLimit = "System.Threading.ThreadPool.UnfairSemaphoreSpinLimit";

    [Theory]
    [InlineData("balanced", false)]
    [InlineData("latency", true)]
    public void The_mode_sets_how_the_server_schedules(string mode, bool isInline)
    {
        var options = new SocketTransportOptions();

        Of(mode, options).Apply();

        Assert.Equal(isInline, options.UnsafePreferInlineScheduling);
        Assert.Null(Environment.GetEnvironmentVariable(SocketScheduling.InlineCompletions));
    }

    [Fact]
    public void Low_latency_without_threads_that_spin_is_reported()
    {
        Assert.Null(Of("latency").Problem); // this process has the default of .NET
        try
        {
            AppContext.SetData(SpinLimit, "0"); // as in a process that the package has configured; the pool has read its own value already

            Assert.Contains("PikkuThreadPoolSpin", Of("latency").Problem, StringComparison.Ordinal);
            Assert.Null(Of("balanced").Problem);
            Assert.Null(Of("efficiency").Problem);
        }
        finally
        {
            AppContext.SetData(SpinLimit, null);
        }
    }

    [Fact]
    public async Task A_node_applies_its_mode_before_its_server_listens()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["Pikku:Dispatch:Mode"] = "latency";
        builder.Services.AddPikku(pikku => pikku.WireChannel("chat", channel => channel.Route("/chat").AllowAnonymous().MapAction("send", () => { })));
        builder.Services.AddHostedService<BeforeServer>(); // the service of the server is the last one
        await using var app = builder.Build();
        app.MapPikku();
        Assert.False(app.Services.GetRequiredService<IOptions<SocketTransportOptions>>().Value.UnsafePreferInlineScheduling);

        await app.StartAsync();
        await app.StopAsync();

        Assert.True(app.Services.GetServices<IHostedService>().OfType<BeforeServer>().Single().IsInline);
    }

    private static SocketScheduling Of(string mode, SocketTransportOptions? options = null) =>
        new(Read.Hocon($"pikku.dispatch.mode = {mode}"), Options.Create(options ?? new SocketTransportOptions()));

    private sealed class BeforeServer(IOptions<SocketTransportOptions> options) : IHostedService
    {
        public bool IsInline { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            IsInline = options.Value.UnsafePreferInlineScheduling;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
