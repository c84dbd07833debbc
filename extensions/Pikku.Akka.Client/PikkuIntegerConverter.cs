namespace Pikku.Akka.Clients;

/// <summary>Converts integers without a size limit.</summary>
internal sealed class PikkuIntegerConverter : JsonConverter<BigInteger>
{
    // The time to parse an integer grows with the square of its length.
    private const int MaxDigits = 1000;

    public override BigInteger Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.Number)
            throw new JsonException("Expected a number.");
        using var json = JsonDocument.ParseValue(ref reader);
        var digits = json.RootElement.GetRawText();
        return digits.Length <= MaxDigits && BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new JsonException("Expected an integer.");
    }

    public override void Write(Utf8JsonWriter writer, BigInteger value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.ToString(CultureInfo.InvariantCulture));
}
