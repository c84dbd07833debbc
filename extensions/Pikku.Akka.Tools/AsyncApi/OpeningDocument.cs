using System.Text.Json.Nodes;
using Pikku.Akka.AsyncApi.Schemas;
using Pikku.Akka.Contracts;
using Pikku.Akka.Contracts.Types;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.AsyncApi;

/// <summary>Writes the WebSocket upgrade of a channel: path parameters, query and subprotocol.</summary>
internal sealed class OpeningDocument(ChannelContract channel, SchemaWriter schemas)
{
    private readonly RouteAddress _route = RouteAddress.Of(channel.Route);

    public string Address => _route.Address;

    /// <summary>Writes the path parameters; null if there are none. AsyncAPI describes parameters as text only, so the extension
    /// holds their schema.</summary>
    public JsonObject? Parameters()
    {
        var parameters = new JsonObject();
        foreach (var name in _route.Parameters.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var parameter = new JsonObject();
            if (Properties().FirstOrDefault(property => HasName(property, name)) is { } declared)
            {
                if (declared.Summary is { } summary)
                    parameter["description"] = summary;
                parameter[AsyncApiDocument.Extension] = new JsonObject { ["schema"] = schemas.Write(declared) };
            }

            parameters[name] = parameter;
        }

        return parameters.Count > 0 ? parameters : null;
    }

    public JsonObject Binding()
    {
        var binding = new JsonObject { ["method"] = "GET" };
        if (Query() is { } query)
            binding["query"] = query;
        binding["headers"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["Sec-WebSocket-Protocol"] = new JsonObject
                {
                    ["type"] = "string",
                    ["description"] = $"Offer `{SubprotocolNames.Enveloped}` to receive all messages in an envelope.",
                    ["examples"] = new JsonArray(SubprotocolNames.Enveloped),
                },
            },
        };
        binding["bindingVersion"] = "0.1.0";
        return binding;
    }

    private JsonObject? Query()
    {
        if (channel.Opening is not null and not TypeUse.Declared { Declaration: ObjectDeclaration })
            return schemas.Write(channel.Opening);
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var property in Properties().Where(property => !_route.Parameters.Any(name => HasName(property, name))))
        {
            properties[property.Name] = schemas.Write(property);
            if (property.IsRequired)
                required.Add(property.Name);
        }

        if (properties.Count == 0)
            return null;
        var query = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (required.Count > 0)
            query["required"] = required;
        return query;
    }

    private List<PropertyShape> Properties() =>
        channel.Opening is TypeUse.Declared { Declaration: ObjectDeclaration type } ? type.Properties : [];

    // ASP.NET Core ignores case in the names of route parameters.
    private static bool HasName(PropertyShape property, string name) => string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase);
}
