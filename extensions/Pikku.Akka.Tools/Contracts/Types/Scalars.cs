using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Contracts.Types;

/// <summary>Maps C# types to scalars in JSON.</summary>
internal static class Scalars
{
    private static readonly Dictionary<Type, ScalarKind> Known = new()
    {
        [typeof(bool)] = ScalarKind.Boolean,
        [typeof(sbyte)] = ScalarKind.Int8,
        [typeof(byte)] = ScalarKind.UInt8,
        [typeof(short)] = ScalarKind.Int16,
        [typeof(ushort)] = ScalarKind.UInt16,
        [typeof(int)] = ScalarKind.Int32,
        [typeof(uint)] = ScalarKind.UInt32,
        [typeof(long)] = ScalarKind.Int64,
        [typeof(ulong)] = ScalarKind.UInt64,
        [typeof(Int128)] = ScalarKind.Integer,
        [typeof(UInt128)] = ScalarKind.Integer,
        [typeof(BigInteger)] = ScalarKind.Integer,
        [typeof(Half)] = ScalarKind.Float,
        [typeof(float)] = ScalarKind.Float,
        [typeof(double)] = ScalarKind.Double,
        [typeof(decimal)] = ScalarKind.Decimal,
        [typeof(string)] = ScalarKind.String,
        [typeof(char)] = ScalarKind.Char,
        [typeof(Guid)] = ScalarKind.Guid,
        [typeof(Uri)] = ScalarKind.Uri,
        [typeof(Version)] = ScalarKind.String,
        [typeof(DateTimeOffset)] = ScalarKind.DateTimeOffset,
        [typeof(DateTime)] = ScalarKind.DateTime,
        [typeof(DateOnly)] = ScalarKind.DateOnly,
        [typeof(TimeOnly)] = ScalarKind.TimeOnly,
        [typeof(TimeSpan)] = ScalarKind.TimeSpan,
        [typeof(object)] = ScalarKind.Any,
        [typeof(JsonElement)] = ScalarKind.Any,
        [typeof(JsonDocument)] = ScalarKind.Any,
        [typeof(JsonNode)] = ScalarKind.Any,
        [typeof(JsonValue)] = ScalarKind.Any,
    };

    /// <summary>Returns the kind of a type; null if it is not a scalar.</summary>
    public static ScalarKind? Of(Type type) => BinaryValue.IsBinary(type) ? ScalarKind.Bytes : Known.TryGetValue(type, out var kind) ? kind : null;

    /// <summary>Returns the kind of a type. Numbers that are both written and read as strings are <c>NumberText</c>.</summary>
    public static ScalarKind Of(Type type, JsonNumberHandling numbers, Direction direction)
    {
        var kind = Of(type)!.Value;
        if (!IsNumber(kind))
            return kind;
        var isText = numbers.HasFlag(JsonNumberHandling.WriteAsString)
            && (direction == Direction.Output || numbers.HasFlag(JsonNumberHandling.AllowReadingFromString));
        if (isText)
            return ScalarKind.NumberText;
        return kind is ScalarKind.Float or ScalarKind.Double && numbers.HasFlag(JsonNumberHandling.AllowNamedFloatingPointLiterals)
            ? ScalarKind.NumberOrName
            : kind;
    }

    public static bool IsNumber(ScalarKind kind) => kind is >= ScalarKind.Int8 and <= ScalarKind.Decimal;
}
