using System.Globalization;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Functions.Input;

/// <summary>
/// The texts that clients receive about input that does not fit its type. They contain no CLR type names and no texts of other libraries.
/// </summary>
internal static class Texts
{
    public const string Required = "is required";
    public const string NotNull = "must not be null";
    public const string Blank = "must not be blank";
    public const string NotValid = "is not valid";
    public const string NotJson = "is not valid JSON, or nested too deeply";
    public const string NotText = "has half of a surrogate pair, which is no Unicode text";
    public const string Unknown = "is not known here";
    public const string Object = "must be an object";
    public const string List = "must be a list";
    public const string Conflict = "has one value in the path and another in the query";
    public const string NotEscaped = "has a character that must be escaped, or an escape that is not needed";
    public const string NotAllowed = "is not one of the allowed values";

    public static string TooLong(int longest) => string.Create(CultureInfo.InvariantCulture, $"must have at most {longest} characters");

    /// <summary>Names the only form of a value.</summary>
    public static string MustBe(string text) => $"must be '{text}'";

    public static string OneOf(IEnumerable<object?> values) =>
        "must be one of " + string.Join(", ", values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)));

    /// <summary>Describes the expected form of a scalar.</summary>
    /// <param name="type">The type; not nullable.</param>
    /// <param name="isNumber">True when the JSON is a number, so that only its range or its fraction can be wrong.</param>
    public static string Expected(Type type, bool isNumber) =>
        ScalarTypes.Of(type) is { } scalar ? isNumber && scalar.OutOfRange is { } outOfRange ? outOfRange : scalar.Expected
            : BinaryValue.IsBinary(type) ? "must be Base64 text"
            : NotValid;
}
