using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pikku.Akka.Protocol;

/// <summary>
/// The table of scalar types. Input, opening data, contracts, generated clients and documents use it, so that all of them treat the same types as
/// scalars. Enumerations are scalars as well; bytes are in <see cref="BinaryValue"/>.
/// </summary>
internal static class ScalarTypes
{
    private const string Number = "must be a number";

    public static IReadOnlyDictionary<Type, ScalarType> All { get; } = new Dictionary<Type, ScalarType>
    {
        [typeof(bool)] = new(ScalarKind.Boolean, "must be true or false"),
        [typeof(sbyte)] = Integer(ScalarKind.Int8, sbyte.MinValue, sbyte.MaxValue),
        [typeof(byte)] = Integer(ScalarKind.UInt8, byte.MinValue, byte.MaxValue),
        [typeof(short)] = Integer(ScalarKind.Int16, short.MinValue, short.MaxValue),
        [typeof(ushort)] = Integer(ScalarKind.UInt16, ushort.MinValue, ushort.MaxValue),
        [typeof(int)] = Integer(ScalarKind.Int32, int.MinValue, int.MaxValue),
        [typeof(uint)] = Integer(ScalarKind.UInt32, uint.MinValue, uint.MaxValue),
        [typeof(long)] = Integer(ScalarKind.Int64, long.MinValue, long.MaxValue),
        [typeof(ulong)] = Integer(ScalarKind.UInt64, ulong.MinValue, ulong.MaxValue),
        [typeof(Int128)] = Integer(ScalarKind.Integer, Int128.MinValue, Int128.MaxValue),
        [typeof(UInt128)] = Integer(ScalarKind.Integer, UInt128.MinValue, UInt128.MaxValue),
        [typeof(Half)] = Fraction(ScalarKind.Float, Half.MaxValue),
        [typeof(float)] = Fraction(ScalarKind.Float, float.MaxValue),
        [typeof(double)] = Fraction(ScalarKind.Double, double.MaxValue),
        [typeof(decimal)] = Fraction(ScalarKind.Decimal, decimal.MaxValue),
        [typeof(string)] = new(ScalarKind.String, "must be a string"),
        [typeof(char)] = new(ScalarKind.Char, "must be a string of one character"),
        [typeof(Guid)] = new(ScalarKind.Guid, "must be a UUID"),
        [typeof(Uri)] = new(ScalarKind.Uri, "must be a URL"),
        [typeof(Version)] = new(ScalarKind.String, "must be a version (1.2.3)"),
        [typeof(DateTimeOffset)] = new(ScalarKind.DateTimeOffset, "must be a date and time (ISO 8601)"),
        [typeof(DateTime)] = new(ScalarKind.DateTime, "must be a date and time (ISO 8601)"),
        [typeof(DateOnly)] = new(ScalarKind.DateOnly, "must be a date (yyyy-MM-dd)"),
        [typeof(TimeOnly)] = new(ScalarKind.TimeOnly, "must be a time of day (hh:mm:ss)"),
        [typeof(TimeSpan)] = new(ScalarKind.TimeSpan, "must be a duration (hh:mm:ss)"),
    };

    /// <summary>The scalar type of a type that is not nullable; null when it is not a scalar.</summary>
    public static ScalarType? Of(Type type) => All.GetValueOrDefault(type);

    /// <summary>True for the types whose values are any JSON, including null.</summary>
    public static bool IsAnyJson(Type type) =>
        type == typeof(object) || type == typeof(JsonElement) || type == typeof(JsonDocument) || type == typeof(JsonNode);

    /// <summary>
    /// True for a type that says nothing about its values: the types of any JSON, and all nodes of JSON documents. A payload of such a type is compatible
    /// with every declared type.
    /// </summary>
    public static bool IsUntyped(Type type) => IsAnyJson(Nullable.GetUnderlyingType(type) ?? type) || type.IsAssignableTo(typeof(JsonNode));

    private static ScalarType Integer<T>(ScalarKind kind, T min, T max) =>
        new(kind, Number, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {min} to {max}"));

    private static ScalarType Fraction<T>(ScalarKind kind, T largest) =>
        new(kind, Number, string.Create(CultureInfo.InvariantCulture, $"must be a number from -{largest} to {largest}"));
}
