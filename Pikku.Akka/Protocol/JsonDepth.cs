using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>How deep JSON may be nested, in and out alike.</summary>
internal static class JsonDepth
{
    /// <summary>What <see cref="JsonSerializerOptions.MaxDepth"/> means when it is 0, and what holds where no options are.</summary>
    public const int Default = 64;

    /// <summary>The levels that an envelope puts around a payload. They are ours and do not count.</summary>
    public const int Envelope = 1;

    /// <summary>How deep a payload may be: an input, a result, an event, a message, an argument or an answer.</summary>
    public static int Of(JsonSerializerOptions options) => options.MaxDepth == 0 ? Default : options.MaxDepth;
}
