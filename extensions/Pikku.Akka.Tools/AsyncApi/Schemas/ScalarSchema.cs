using System.Text.Json.Nodes;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.AsyncApi.Schemas;

/// <summary>Strings, numbers and booleans as JSON Schema (draft 07). Formats that are not in the draft are hints for people and
/// generators.</summary>
internal static class ScalarSchema
{
    private const string Date = @"\d{4}-\d{2}-\d{2}";
    private const string Time = @"\d{2}:\d{2}(:\d{2}(\.\d+)?)?";

    private const string Number = @"-?\d+(\.\d+)?([eE][+-]?\d+)?";
    private const string Names = "NaN|Infinity|-Infinity";

    public static JsonObject Of(ScalarKind kind) => kind switch
    {
        ScalarKind.Any => [],
        ScalarKind.Boolean => Type("boolean"),
        ScalarKind.Int8 => Integer("int8", sbyte.MinValue, sbyte.MaxValue),
        ScalarKind.UInt8 => Integer("uint8", byte.MinValue, byte.MaxValue),
        ScalarKind.Int16 => Integer("int16", short.MinValue, short.MaxValue),
        ScalarKind.UInt16 => Integer("uint16", ushort.MinValue, ushort.MaxValue),
        ScalarKind.Int32 => Integer("int32"),
        ScalarKind.UInt32 => Integer("uint32", 0),
        ScalarKind.Int64 => Integer("int64"),
        ScalarKind.UInt64 => Integer("uint64", 0),
        ScalarKind.Integer => Type("integer"),
        ScalarKind.Float => Type("number", "float"),
        ScalarKind.Double => Type("number", "double"),
        ScalarKind.Decimal => Type("number", "decimal"),
        ScalarKind.String => Type("string"),
        ScalarKind.NumberText => Pattern($"^({Number}|{Names})$"),
        ScalarKind.NumberOrName => new JsonObject
        {
            ["anyOf"] = new JsonArray(Type("number"), new JsonObject { ["enum"] = new JsonArray([.. Names.Split('|').Select(name => (JsonNode)name)]) }),
        },
        ScalarKind.Char => new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = 1 },
        ScalarKind.Guid => Type("string", "uuid"),
        ScalarKind.Uri => Type("string", "uri-reference"),
        ScalarKind.Bytes => new JsonObject { ["type"] = "string", ["contentEncoding"] = "base64" },
        ScalarKind.DateTimeOffset => Type("string", "date-time"),
        // The draft's formats require an offset (RFC 3339 §5.6), which is optional for these types.
        ScalarKind.DateTime => Pattern($"^{Date}(T{Time}(Z|[+-]\\d{{2}}:\\d{{2}})?)?$"),
        ScalarKind.DateOnly => Type("string", "date"),
        ScalarKind.TimeOnly => Pattern($"^{Time}$"),
        ScalarKind.TimeSpan => Pattern(@"^-?(\d+\.)?\d{2}:\d{2}:\d{2}(\.\d{1,7})?$"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown scalar."),
    };

    private static JsonObject Type(string type, string? format = null) =>
        format is null ? new JsonObject { ["type"] = type } : new JsonObject { ["type"] = type, ["format"] = format };

    private static JsonObject Pattern(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };

    private static JsonObject Integer(string format, int? minimum = null, int? maximum = null)
    {
        var schema = Type("integer", format);
        if (minimum is { } least)
            schema["minimum"] = least;
        if (maximum is { } most)
            schema["maximum"] = most;
        return schema;
    }
}
