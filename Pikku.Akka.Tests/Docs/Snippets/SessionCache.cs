using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka;

namespace Snippets;

public static class SessionCache
{
    public static void Configure(WebApplicationBuilder builder)
    {
        #region session-cache
        builder.Services.AddStackExchangeRedisCache(redis => redis.Configuration = "cache.internal:6379");
        builder.Services.AddPikku().UseDistributedCacheSessionStore();
        #endregion
    }
}
