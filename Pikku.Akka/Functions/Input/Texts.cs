using System.Globalization;

namespace Pikku.Akka.Functions.Input;

/// <summary>
/// The texts that clients receive about input that does not fit its type. They contain no CLR type names and no texts of other libraries.
/// </summary>
internal static class Texts
{
    public const string Required = "is required";
    public const string NotNull = "must not be null";
    public const string NotValid = "is not valid";
    public const string NotJson = "is not valid JSON, or nested too deeply";
    public const string NotText = "has half of a surrogate pair, which is not valid Unicode";
    public const string Unknown = "is not known here";
    public const string Object = "must be an object";
    public const string List = "must be a list";
    public const string Conflict = "has one value in the path and another in the query";
    public const string NotAllowed = "is not one of the allowed values";

    public static string OneOf(IEnumerable<object?> values) =>
        "must be one of " + string.Join(", ", values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)));

    /// <summary>Describes the expected form of a scalar.</summary>
    /// <param name="type">The type; not nullable.</param>
    /// <param name="isNumber">True when the JSON is a number, so that only its range or its fraction can be wrong.</param>
    public static string Expected(Type type, bool isNumber) =>
        Scalar.RangeOf(type) is { } range
            ? isNumber ? string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {range.Min} to {range.Max}") : "must be a number"
            : type switch
            {
                _ when type == typeof(double) => isNumber ? OutOf(double.MaxValue) : "must be a number",
                _ when type == typeof(float) => isNumber ? OutOf(float.MaxValue) : "must be a number",
                _ when type == typeof(Half) => isNumber ? OutOf(Half.MaxValue) : "must be a number",
                _ when type == typeof(decimal) => isNumber ? OutOf(decimal.MaxValue) : "must be a number",
                _ when type == typeof(bool) => "must be true or false",
                _ when type == typeof(string) => "must be a string",
                _ when type == typeof(char) => "must be a string of one character",
                _ when type == typeof(Guid) => "must be a UUID",
                _ when type == typeof(DateTime) || type == typeof(DateTimeOffset) => "must be a date and time (ISO 8601)",
                _ when type == typeof(DateOnly) => "must be a date (yyyy-MM-dd)",
                _ when type == typeof(TimeOnly) => "must be a time of day (hh:mm:ss)",
                _ when type == typeof(TimeSpan) => "must be a duration (hh:mm:ss)",
                _ when type == typeof(Uri) => "must be a URL",
                _ when type == typeof(Version) => "must be a version (1.2.3)",
                _ when type == typeof(byte[]) => "must be Base64 text",
                _ => NotValid,
            };

    private static string OutOf<T>(T largest) => string.Create(CultureInfo.InvariantCulture, $"must be a number from -{largest} to {largest}");
}
