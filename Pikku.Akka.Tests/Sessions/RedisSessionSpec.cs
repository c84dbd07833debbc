using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.Cluster;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Sessions;

/// <summary>Sessions in Redis, on a server of its own. Skipped where <c>redis-server</c> is not installed.</summary>
public sealed class RedisSessionSpec : CachedSessionStoreContract, IAsyncLifetime
{
    private RedisServer? _redis;
    private RedisCache? _cache;

    public async Task InitializeAsync() => _redis = await RedisServer.TryStartAsync();

    public async Task DisposeAsync()
    {
        _cache?.Dispose();
        if (_redis is not null)
            await _redis.DisposeAsync();
    }

    [SkippableFact]
    public async Task A_session_of_one_node_is_found_on_another_and_survives_the_end_of_both()
    {
        Skip.If(_redis is null, RedisServer.Missing);
        await using (var node = await StartAsync())
        {
            var connection = await TwoNodes.ConnectAsync(node);
            Assert.Equal("""{"action":"logIn"}""", await connection.AskAsync("""{"action":"logIn"}"""));
        }

        await using var later = await StartAsync();
        Assert.Equal("ann", (await later.Services.GetRequiredService<IPikkuSessionStore>().GetAsync("ann", default))?.UserId);
    }

    [SkippableFact, Trait("Rule", "G1")]
    public async Task When_redis_is_down_a_log_in_fails_and_a_log_out_still_ends_the_session()
    {
        Skip.If(_redis is null, RedisServer.Missing);
        await using var node = await StartAsync();
        var connection = await TwoNodes.ConnectAsync(node);
        await connection.AskAsync("""{"action":"logIn"}""");
        var other = await TwoNodes.ConnectAsync(node, new TestSession("ann"));
        await _redis.StopAsync();

        Assert.Contains("ServiceUnavailableError", await connection.AskAsync("""{"action":"logOut"}"""), StringComparison.Ordinal);
        Assert.Equal("""{"action":"who","result":null}""", await connection.AskAsync("""{"action":"who"}"""));
        Assert.Equal("""{"action":"who","result":null}""", await other.AskAsync("""{"action":"who"}"""));
        Assert.Contains("ServiceUnavailableError", await connection.AskAsync("""{"action":"logIn"}"""), StringComparison.Ordinal);
    }

    protected override Task<IDistributedCache> CacheAsync()
    {
        Skip.If(_redis is null, RedisServer.Missing);
        _cache ??= new RedisCache(new RedisCacheOptions { Configuration = _redis.Configuration });
        return Task.FromResult<IDistributedCache>(_cache);
    }

    private Task<LiveNode> StartAsync() => LiveNode.StartAppAsync(
        app => app.UseDistributedCacheSessionStore().WireChannel("test", channel =>
        {
            channel.AllowAnonymous().MapAction("who", (PikkuContext context) => context.Session?.UserId);
            channel.MapAction("logIn", async (PikkuContext context) => await context.SetSessionAsync(new TestSession("ann")));
            channel.MapAction("logOut", async (PikkuContext context) => await context.ClearSessionAsync());
        }),
        services: services => services.AddStackExchangeRedisCache(redis => redis.Configuration = _redis!.Configuration));
}
