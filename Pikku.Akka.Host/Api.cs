using Microsoft.OpenApi;
using Pikku.Akka.Host.Security;
using Scalar.AspNetCore;

namespace Pikku.Akka.Host;

/// <summary>The HTTP API for operators and, in Development, its OpenAPI document and the pages of Scalar, which explain it and send requests.</summary>
internal static class Api
{
    private const string Policy = "operators";
    private const string Scheme = "Bearer";
    private const string Pages = "/scalar";

    public static void AddApi(this WebApplicationBuilder builder)
    {
        // A user does not have the role, so that a token of the page gives no access.
        builder.Services.AddAuthorizationBuilder().AddPolicy(Policy, policy => policy.RequireAuthenticatedUser().RequireClaim(Tokens.RoleClaim, Tokens.Operator));
        if (builder.Environment.IsDevelopment())
            builder.Services.AddOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
            {
                Describe(document);
                return Task.CompletedTask;
            }));
    }

    public static void MapApi(this WebApplication app)
    {
        app.MapPikkuApi(Policy);
        if (!app.Environment.IsDevelopment())
            return;
        app.MapOpenApi();
        // Everything comes from this server: the program of the pages is embedded in the package. No request leaves it unless the reader sends one.
        app.MapScalarApiReference(Pages, (options, context) => options
            .WithTitle("Pikku.Akka.Host")
            .WithNonce(SecurityHeaders.RelaxForPages(context))
            .AddPreferredSecuritySchemes(Scheme)
            .ExpandAllTags()
            .HideDeveloperTools() // they lead to services of Scalar
            .HideClientButton()
            .DisableDefaultFonts()
            .DisableAgent()
            .DisableTelemetry());
    }

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Pikku.Akka.Host", Version = "v1",
            Description = "Publish events, read presence and histories, and manage the connections of users. Each node answers for the whole cluster.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT",
                Description = $"A token with the claim {Tokens.RoleClaim} = {Tokens.Operator}. In the demo: POST /demo/token with the user '{Tokens.Operator}'.",
            },
        };
        foreach (var operation in document.Paths.Where(path => path.Key.StartsWith("/api/pikku/", StringComparison.Ordinal)).SelectMany(path => path.Value.Operations!.Values))
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
            operation.Responses?.TryAdd("401", new OpenApiResponse { Description = "There is no valid token." });
            operation.Responses?.TryAdd("403", new OpenApiResponse { Description = $"The token is not that of an {Tokens.Operator}." });
        }
    }
}
