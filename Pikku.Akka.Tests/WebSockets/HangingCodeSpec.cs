using System.Net.WebSockets;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>User code that never returns, before and after the lifetime of a connection.</summary>
public sealed class HangingCodeSpec
{
    [Theory]
    [InlineData("authentication")]
    [InlineData("store")]
    [InlineData("permission")]
    [Trait("Rule", "E6")]
    public async Task An_upgrade_is_refused_and_releases_its_lease_when_the_code_before_it_never_ends(string what)
    {
        var hang = new Hang();
        await using var lab = await Lab.Start(new LabOptions
        {
            Hocon = "pikku { connection.handshake-timeout = 300ms, limits.connections-per-node = 1 }",
            Builder = builder =>
            {
                builder.Services.AddSingleton(hang);
                builder.Services.AddSingleton<IPikkuSessionStore, HangingStore>();
                builder.Services.AddAuthentication("hanging").AddScheme<AuthenticationSchemeOptions, HangingHandler>("hanging", null);
            },
            Pikku = pikku => pikku.UseSession(principal => new User(principal.Identity!.Name!)),
            Channel = channel => channel.RequirePermission(async () =>
            {
                await hang.Pass("permission");
                return true;
            }),
        });
        hang.Here = what;
        var refused = await RawClient.Connect(lab.Port);
        await refused.Send(RawClient.UpgradeRequest("/lab"));
        var response = await refused.ReadResponse();
        hang.Here = "";

        Assert.Equal(503, response.Status);
        Assert.Equal("close", response["Connection"]);
        using var client = await lab.Connect();
        Assert.NotNull(await client.Ask("""{"action":"echo"}"""));

        hang.Fail(new InvalidOperationException("failed after the refusal"));

        await Eventually.Holds(
            () => lab.Logs.Entries.Any(line => line.Text.Contains("nothing waits for its result", StringComparison.Ordinal)
                && line.Text.Contains("failed after the refusal", StringComparison.Ordinal)),
            "the failure is logged");
    }

    [Fact]
    [Trait("Rule", "E6")]
    public async Task A_failure_of_the_middleware_of_a_refused_request_is_logged()
    {
        var hang = new Hang();
        await using var lab = await Lab.Start(new LabOptions
        {
            Hocon = "pikku.connection.handshake-timeout = 300ms",
            Builder = builder =>
            {
                builder.Services.AddSingleton(hang);
                builder.Services.AddAuthentication("hanging").AddScheme<AuthenticationSchemeOptions, HangingHandler>("hanging", null);
            },
        });
        hang.Here = "authentication";
        var refused = await RawClient.Connect(lab.Port);
        await refused.Send(RawClient.UpgradeRequest("/lab"));
        Assert.Equal(503, (await refused.ReadResponse()).Status);

        hang.Fail(new InvalidOperationException("failed after the refusal"));

        await Eventually.Holds(
            () => lab.Logs.Entries.Any(line => line.Text.StartsWith("The middleware of a refused request failed", StringComparison.Ordinal)
                && line.Text.Contains("failed after the refusal", StringComparison.Ordinal)),
            "the failure is logged");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "I1")]
    public async Task A_connection_and_its_node_end_even_if_the_disposal_of_a_service_never_completes(bool blocks)
    {
        using var blocked = new ManualResetEventSlim();
        await using var lab = await Lab.Start(new LabOptions
        {
            Hocon = "pikku { connection.close-timeout = 300ms, limits.connections-per-node = 1 }",
            Builder = builder => builder.Services.AddScoped(_ => new Scoped(blocks ? blocked : null)),
            Channel = channel => channel.RoutingKey("do").MapAction("use", (IPikkuChannel me) =>
            {
                me.Services.GetRequiredService<Scoped>();
                return "used";
            }),
        });
        using (var client = await lab.Connect())
        {
            Assert.Contains("used", await client.Ask("""{"do":"use"}"""), StringComparison.Ordinal);
            await client.Close();
        }

        using (var client = await lab.Connect())
            await client.Close(WebSocketCloseStatus.NormalClosure);
        await lab.Holds(0);
        await lab.Stop().WaitAsync(Eventually.Patience);

        Assert.Contains(lab.Logs.Entries, line => line.Text.StartsWith("The services of a connection were not disposed within", StringComparison.Ordinal));
        blocked.Set();
    }

    private sealed record User(string UserId) : IPikkuSession;

    private sealed class Hang
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The name of the code that hangs.</summary>
        public string Here { get; set; } = "";

        public void End() => _end.TrySetResult();

        public void Fail(Exception error) => _end.TrySetException(error);

        public Task Pass(string place) => Here == place ? _end.Task : Task.CompletedTask;
    }

    private sealed class HangingStore(Hang hang) : IPikkuSessionStore
    {
        public async ValueTask<IPikkuSession?> GetAsync(string userId, CancellationToken cancellationToken)
        {
            await hang.Pass("store");
            return null;
        }

        public ValueTask SetAsync(string userId, IPikkuSession session, CancellationToken cancellationToken) => default;

        public ValueTask ClearAsync(string userId, CancellationToken cancellationToken) => default;
    }

    private sealed class HangingHandler(
        Hang hang, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            await hang.Pass("authentication");
            var identity = new System.Security.Claims.ClaimsIdentity([new(System.Security.Claims.ClaimTypes.Name, "user")], Scheme.Name);
            return AuthenticateResult.Success(new AuthenticationTicket(new System.Security.Claims.ClaimsPrincipal(identity), Scheme.Name));
        }
    }

    private sealed class Scoped(ManualResetEventSlim? blocked) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (blocked is not null)
                blocked.Wait(Eventually.Patience);
            else
                await new TaskCompletionSource().Task;
        }
    }
}
