using System.Text.Json.Serialization;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Contracts.Types;

/// <summary>The kinds of scalars in a contract, by the table <see cref="ScalarTypes"/>.</summary>
internal static class Scalars
{
    /// <summary>The kind of a type; null when it is not a scalar.</summary>
    public static ScalarKind? Of(Type type) =>
        BinaryValue.IsBinary(type) ? ScalarKind.Bytes : ScalarTypes.IsAnyJson(type) ? ScalarKind.Any : ScalarTypes.Of(type)?.Kind;

    /// <summary>The kind of a type with a given number handling: text, if numbers are text in both directions.</summary>
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
