using Pikku.Akka.Host.Security;

namespace Pikku.Akka.Host.Demo;

/// <summary><c>GET /demo/users</c> and <c>POST /demo/token</c>. They exist only if the demo is enabled.</summary>
internal static class DemoEndpoints
{
    public static void AddDemo(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DemoSettings>();
        builder.Services.AddSingleton<DemoUsers>();
    }

    public static void MapDemo(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<DemoSettings>();
        if (!settings.Enabled)
            return;

        app.MapGet("/demo/users", () => DemoUsers.Names).WithTags("Demo").WithSummary("Returns the users who need no password.");
        app.MapPost("/demo/token", IResult (TokenRequest request, Tokens tokens, HttpResponse response) =>
        {
            var isOperator = request.User == Tokens.Operator;
            if (!isOperator && !DemoUsers.Names.Contains(request.User, StringComparer.Ordinal))
                return Results.Problem($"user must be one of: {string.Join(", ", DemoUsers.Names)}", statusCode: StatusCodes.Status422UnprocessableEntity);

            response.Headers.CacheControl = "no-store";
            return Results.Ok(new TokenReply(tokens.Issue(request.User, settings.TokenLife, isOperator), (int)settings.TokenLife.TotalSeconds));
        }).Produces<TokenReply>().ProducesProblem(StatusCodes.Status422UnprocessableEntity).WithTags("Demo").WithSummary("Returns a token of a demo user, or of an operator.");
    }

    internal sealed record TokenRequest(string User);

    /// <param name="Token">The token.</param>
    /// <param name="ExpiresIn">The lifetime of the token in seconds.</param>
    internal sealed record TokenReply(string Token, int ExpiresIn);
}
