using System.Text;
using System.Text.Json;
using Xunit;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>One message of the server.</summary>
internal readonly record struct ReceivedFrame(byte[] Bytes, bool IsBinary)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Duplicate property names are always an error, for example if a result and the envelope both have the routing key.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public string? Text => IsBinary ? null : Utf8.GetString(Bytes);

    public string? Hex => IsBinary ? Convert.ToHexStringLower(Bytes) : null;

    public JsonElement Json()
    {
        Assert.False(IsBinary, $"JSON was expected: {this}");
        try
        {
            return JsonElement.Parse(Bytes, Strict);
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"JSON was expected: {this}", e);
        }
    }

    public override string ToString() => ScenarioFailedException.Shorten(Text ?? $"[binary {Hex}]");
}
