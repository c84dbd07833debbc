using Microsoft.AspNetCore.Builder;

namespace Snippets;

public static class Health
{
    public static void Map(WebApplication app)
    {
        #region health
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false });
        app.MapHealthChecks("/health/ready", new() { Predicate = check => check.Tags.Contains("ready") });
        #endregion
    }
}
