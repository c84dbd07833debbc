using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka.Contracts.Types;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Tests.Contracts;

/// <summary>Finds differences between JSON and a contract.</summary>
internal static class ShapeCheck
{
    /// <summary>Returns the first difference; null if there is none.</summary>
    public static string? Difference(JsonNode? json, TypeUse type, string path = "$") => (json, type) switch
    {
        (null, TypeUse.Nullable or TypeUse.Scalar { Kind: ScalarKind.Any }) => null,
        (null, _) => $"{path} is null",
        (_, TypeUse.Nullable nullable) => Difference(json, nullable.Of, path),
        (JsonArray array, TypeUse.List list) => First(array.Select((item, i) => Difference(item, list.Item, $"{path}[{i}]"))),
        (JsonObject map, TypeUse.Map of) => First(map.Select(entry => Difference(entry.Value, of.Value, $"{path}.{entry.Key}"))),
        (_, TypeUse.Declared { Declaration: EnumDeclaration values }) =>
            values.Values.Any(value => JsonNode.DeepEquals(value.Json, json)) ? null : $"{path} is {json.ToJsonString()}",
        (JsonObject value, TypeUse.Declared { Declaration: UnionDeclaration union }) => Case(value, union, path),
        (JsonObject value, TypeUse.Declared { Declaration: ObjectDeclaration of }) => Object(value, of, path, null),
        (JsonValue value, TypeUse.Scalar scalar) => Scalar(value.GetValueKind(), scalar.Kind) ? null : $"{path} is {json.ToJsonString()} and no {scalar.Kind}",
        (_, TypeUse.Scalar { Kind: ScalarKind.Any }) => null,
        _ => $"{path} is {json.ToJsonString()}",
    };

    private static string? Case(JsonObject json, UnionDeclaration union, string path)
    {
        var one = union.Cases.FirstOrDefault(c => JsonNode.DeepEquals(c.Value, json[union.Discriminator]));
        return one is null ? $"{path} is no case of {union.Name}" : Object(json, one.Object, path, union.Discriminator);
    }

    private static string? Object(JsonObject json, ObjectDeclaration type, string path, string? mark)
    {
        var unknown = json.Select(entry => entry.Key).FirstOrDefault(name => name != mark && type.Others is null && type.Properties.All(p => p.Name != name));
        if (unknown is not null)
            return $"{path}.{unknown} is not declared";
        return First(type.Properties.Select(property => json.TryGetPropertyValue(property.Name, out var value)
            ? Difference(value, property.Type, $"{path}.{property.Name}")
            : property.IsRequired ? $"{path}.{property.Name} is missing" : null));
    }

    private static bool Scalar(JsonValueKind json, ScalarKind kind) => kind switch
    {
        ScalarKind.Any => true,
        ScalarKind.Boolean => json is JsonValueKind.True or JsonValueKind.False,
        _ when Scalars.IsNumber(kind) => json == JsonValueKind.Number,
        _ => json == JsonValueKind.String,
    };

    private static string? First(IEnumerable<string?> differences) => differences.FirstOrDefault(difference => difference is not null);
}
