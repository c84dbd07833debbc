using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>What a channel as a whole requires: of the upgrade request, and of the connection.</summary>
public sealed class ChannelGateSpec
{
    [Theory, Trait("Rule", "U1")]
    [InlineData("?user=ann", 101)]
    [InlineData("?user=mallory", 403)]
    [InlineData("?user=gone", 404)]
    [InlineData("", 101)] // without a session, the first action asks
    public async Task A_permission_of_the_channel_is_asked_at_the_upgrade_where_there_is_a_session(string query, int status)
    {
        await using var lab = await Start(channel => channel.RequirePermission(IsMember));

        Assert.Equal(status, await UpgradeAsync(lab, $"/boards/7{query}"));
    }

    [Fact, Trait("Rule", "U1")]
    public async Task A_permission_of_the_channel_is_asked_before_the_first_action_of_a_client_without_a_session()
    {
        await using var lab = await Start(channel => channel.RequirePermission(IsMember).AllowAnonymous());
        await using var client = await RawClient.Upgrade(lab.Port, "/boards/7");

        await client.SendText("""{"action":"read"}""");

        Assert.Contains("ForbiddenError", (await client.ReadFrame())!.AsText, StringComparison.Ordinal);
    }

    [Theory, Trait("Rule", "U5")]
    [InlineData("", 401)]
    [InlineData("?user=mallory", 403)]
    [InlineData("?user=ann", 101)]
    public async Task Conventions_of_a_channel_apply_to_the_upgrade_request(string query, int status)
    {
        await using var lab = await Start(channel => channel.RequireAuthorization("staff"));

        Assert.Equal(status, await UpgradeAsync(lab, $"/boards/7{query}"));
        Assert.Equal(101, await UpgradeAsync(lab, "/lab"));
    }

    [Fact]
    public async Task A_policy_is_asked_about_the_principal_of_the_connection()
    {
        await using var lab = await Start(channel => channel.Action("read").RequirePolicy("staff"));
        await using var ann = await RawClient.Upgrade(lab.Port, "/boards/7?user=ann");
        await using var bob = await RawClient.Upgrade(lab.Port, "/boards/7?user=bob");

        await ann.SendText("""{"action":"read"}""");
        await bob.SendText("""{"action":"read"}""");

        Assert.Contains("board 7", (await ann.ReadFrame())!.AsText, StringComparison.Ordinal);
        Assert.Contains("ForbiddenError", (await bob.ReadFrame())!.AsText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_that_is_not_registered_stops_the_start()
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => Start(channel => channel.Action("read").RequirePolicy("nobody")));

        Assert.Contains("the policy 'nobody', which is not registered", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact, Trait("Rule", "Q1")]
    public async Task A_connection_that_ends_while_the_permission_of_its_channel_is_asked_again_is_no_failure()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isConnected = false;
        await using var host = await PikkuTestHost.StartAsync(pikku => pikku
            .UseSession(user => user.FindFirstValue("sub") is { } id ? new Visitor(id) : null)
            .WireChannel("boards", channel => channel.RequirePermission(async (CancellationToken cancellationToken) =>
            {
                if (isConnected)
                {
                    asked.TrySetResult();
                    await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
                }

                return true;
            }).OnMessage(() => { })));
        await using var client = await host.ConnectAsync("boards", new PikkuConnectOptions { UserId = "ann" });
        isConnected = true;

        var refreshing = host.Services.GetRequiredService<IPikkuUsers>().RefreshAsync("ann");
        await asked.Task;
        client.Link.Cut();
        await refreshing;

        Assert.DoesNotContain(host.LoggedProblems, problem => problem.StartsWith("Error", StringComparison.Ordinal));
    }

    private static bool IsMember(Board board, Visitor visitor) =>
        visitor.UserId == "gone" ? throw new NotFoundError() : board.BoardId == 7 && visitor.UserId == "ann";

    private static async Task<int> UpgradeAsync(Lab lab, string path)
    {
        await using var client = await RawClient.Connect(lab.Port);
        await client.Send(RawClient.UpgradeRequest(path));
        return (await client.ReadResponse()).Status;
    }

    private static Task<Lab> Start(Action<ChannelBuilder> gates) => Lab.Start(new LabOptions
    {
        Builder = builder =>
        {
            builder.Services.AddAuthentication("query").AddScheme<AuthenticationSchemeOptions, QueryAuthentication>("query", null);
            builder.Services.AddAuthorizationBuilder().AddPolicy("staff", policy => policy.RequireClaim("sub", "ann"));
        },
        Pikku = pikku => pikku
            .UseSession(user => user.FindFirstValue("sub") is { } id ? new Visitor(id) : null)
            .WireChannel("boards", channel =>
            {
                channel.Route<Board>("/boards/{boardId}").MapActions<BoardActions>();
                gates(channel);
            }),
    });

    private sealed record Board(int BoardId);

    private sealed record Visitor(string UserId) : IPikkuSession;

    private sealed class BoardActions(Board board)
    {
        [PikkuAction]
        public Task<string> ReadAsync() => Task.FromResult($"board {board.BoardId}");
    }

    private sealed class QueryAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Query["user"] is not [{ Length: > 0 } user])
                return Task.FromResult(AuthenticateResult.NoResult());
            var principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", user)], "query"));
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(principal, "query")));
        }
    }
}
