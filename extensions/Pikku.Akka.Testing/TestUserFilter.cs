using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Pikku.Akka.Testing;

/// <summary>Gives each request the user that the test has given to its connection.</summary>
internal sealed class TestUserFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, following) =>
        {
            if (context.Features.Get<PikkuTestLink>()?.User is { } user)
                context.User = user;
            return following(context);
        });
        next(app);
    };
}
