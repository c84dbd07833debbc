using System.Text.Json.Nodes;

namespace Pikku.Akka.AsyncApi;

/// <summary>How a client shows who it is when it connects. AsyncAPI has no word for a token in a subprotocol: the description tells.</summary>
internal static class Security
{
    private const string Bearer = "bearer";
    private const string AccessToken = "accessToken";

    public static JsonObject Schemes() => new()
    {
        [Bearer] = new JsonObject
        {
            ["type"] = "http",
            ["scheme"] = "bearer",
            ["description"] = "A token in the header Authorization of the upgrade; browsers may offer the subprotocols `pikku.v1, pikku.bearer.TOKEN` instead. An action of the application may begin a session as well.",
        },
        [AccessToken] = new JsonObject
        {
            ["type"] = "httpApiKey",
            ["name"] = "access_token",
            ["in"] = "query",
            ["description"] = "The token in the query of the upgrade, for browsers.",
        },
    };

    /// <summary>Either of them is enough.</summary>
    public static JsonArray Any() => [Reference(Bearer), Reference(AccessToken)];

    private static JsonObject Reference(string scheme) => new() { ["$ref"] = $"#/components/securitySchemes/{scheme}" };
}
