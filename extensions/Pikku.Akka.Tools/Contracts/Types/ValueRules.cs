using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pikku.Akka.Contracts.Types;

/// <summary>Validation rules of an input: those data annotations that a JSON Schema can express.</summary>
internal sealed record ValueRules
{
    public static ValueRules None { get; } = new();

    /// <summary>The minimum number of characters of a string or items of a list.</summary>
    public int? MinLength { get; init; }

    /// <summary>The maximum number of characters of a string or items of a list.</summary>
    public int? MaxLength { get; init; }

    public decimal? Minimum { get; init; }

    public decimal? Maximum { get; init; }

    public bool IsMinimumExclusive { get; init; }

    public bool IsMaximumExclusive { get; init; }

    /// <summary>A regular expression that must match the whole string.</summary>
    public string? Pattern { get; init; }

    /// <summary>A format of JSON Schema, such as <c>email</c>.</summary>
    public string? Format { get; init; }

    /// <summary>The allowed values; null if all values are allowed.</summary>
    public IReadOnlyList<JsonNode?>? Allowed { get; init; }

    public static ValueRules Of(IEnumerable<ValidationAttribute> attributes, JsonSerializerOptions json) =>
        attributes.Aggregate(None, (rules, attribute) => rules.With(attribute, json));

    private ValueRules With(ValidationAttribute attribute, JsonSerializerOptions json) => attribute switch
    {
        RequiredAttribute { AllowEmptyStrings: false } => this with { MinLength = Math.Max(MinLength ?? 0, 1) },
        StringLengthAttribute length => this with { MinLength = AtLeast(length.MinimumLength), MaxLength = length.MaximumLength },
        LengthAttribute length => this with { MinLength = AtLeast(length.MinimumLength), MaxLength = length.MaximumLength },
        MinLengthAttribute length => this with { MinLength = AtLeast(length.Length) },
        MaxLengthAttribute { Length: > 0 } length => this with { MaxLength = length.Length },
        RangeAttribute range => this with
        {
            Minimum = Number(range.Minimum),
            Maximum = Number(range.Maximum),
            IsMinimumExclusive = range.MinimumIsExclusive,
            IsMaximumExclusive = range.MaximumIsExclusive,
        },
        RegularExpressionAttribute pattern => this with { Pattern = pattern.Pattern },
        EmailAddressAttribute => this with { Format = "email" },
        UrlAttribute => this with { Format = "uri" },
        AllowedValuesAttribute allowed => this with { Allowed = [.. allowed.Values.Select(v => JsonSerializer.SerializeToNode(v, json))] },
        _ => this,
    };

    private int? AtLeast(int length) => length > 0 ? Math.Max(MinLength ?? 0, length) : MinLength;

    // The bounds of a range may have another type that can be compared, such as a date.
    private static decimal? Number(object? bound) => bound switch
    {
        string text => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : null,
        // Bounds such as double.MaxValue set no limit.
        double number => Math.Abs(number) < 1e28 ? (decimal)number : null,
        IConvertible number => Convert.ToDecimal(number, CultureInfo.InvariantCulture),
        _ => null,
    };
}
