using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>The maximum nesting depth of JSON, for reading and writing.</summary>
internal static class JsonDepth
{
    /// <summary>The meaning of 0 in <see cref="JsonSerializerOptions.MaxDepth"/>, and the depth where there are no options.</summary>
    public const int Default = 64;

    /// <summary>The levels that an envelope adds to a payload. They do not count towards the depth of the application.</summary>
    public const int Envelope = 1;

    /// <summary>The maximum depth of a payload: an input, a result, an event, a message, an argument or an answer.</summary>
    public static int Of(JsonSerializerOptions options) => options.MaxDepth == 0 ? Default : options.MaxDepth;
}
