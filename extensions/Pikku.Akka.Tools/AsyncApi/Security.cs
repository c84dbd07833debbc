using System.Text.Json.Nodes;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.AsyncApi;

/// <summary>Describes how a client authenticates when it connects. AsyncAPI has no type for a token in a subprotocol, so the
/// description explains it.</summary>
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
            ["description"] = $"A token in the Authorization header of the upgrade. Browsers, which cannot set the header, may offer the subprotocols `{SubprotocolNames.Enveloped}, {SubprotocolNames.PlainToken}TOKEN` instead. An action of the application may also begin a session.",
        },
        [AccessToken] = new JsonObject
        {
            ["type"] = "httpApiKey",
            ["name"] = OpeningDataBinder.TokenParameter,
            ["in"] = "query",
            ["description"] = "The token in the query string of the upgrade, for browsers.",
        },
    };

    /// <summary>Returns both schemes; a client needs only one of them.</summary>
    public static JsonArray Any() => [Reference(Bearer), Reference(AccessToken)];

    private static JsonObject Reference(string scheme) => new() { ["$ref"] = $"#/components/securitySchemes/{scheme}" };
}
