namespace Pikku.Akka.Clients;

/// <summary>Fills the template of a family of topics. Only characters that have a meaning in names are escaped, so that names stay
/// readable.</summary>
internal static class PikkuTopicName
{
    private static readonly Regex s_placeholder = new(@"\{([^{}]+)\}", RegexOptions.CultureInvariant);

    private static readonly Regex s_reserved = new(@"[%:/{}\u0000-\u001f\u007f]", RegexOptions.CultureInvariant);

    /// <param name="template">The template.</param>
    /// <param name="key">An object whose properties are the placeholders, or the value of the only placeholder.</param>
    public static string Of(string template, JsonElement key)
    {
        return s_placeholder.Replace(template, match =>
        {
            var value = key;
            if (key.ValueKind == JsonValueKind.Object && !key.TryGetProperty(match.Groups[1].Value, out value))
                value = default;
            if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
                throw new ArgumentException($"The key of the topic '{template}' lacks '{match.Groups[1].Value}'.");
            var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
            return s_reserved.Replace(text, one => "%" + ((int)one.Value[0]).ToString("X2", CultureInfo.InvariantCulture));
        });
    }
}
