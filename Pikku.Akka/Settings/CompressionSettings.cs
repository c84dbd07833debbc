using System.IO.Compression;

namespace Pikku.Akka.Settings;

/// <summary><c>pikku.compression</c>: whether messages of WebSockets are compressed (RFC 7692).</summary>
internal sealed record CompressionSettings
{
    /// <summary>The least value of <see cref="MinSize"/>. Shorter messages do not get shorter, and hub events below this size can't be compressed once for all.</summary>
    public const int LeastMinSize = 128; // bytes

    public required bool Enabled { get; init; }

    public required int MinSize { get; init; }

    public required CompressionEffort Effort { get; init; }

    /// <summary>The level of the framework's compression.</summary>
    internal CompressionLevel Level => Effort == CompressionEffort.Fastest ? CompressionLevel.Fastest : CompressionLevel.Optimal;

    public static CompressionSettings Read(StrictReader reader) => new()
    {
        Enabled = reader.Switch("pikku.compression.enabled"),
        MinSize = reader.Size("pikku.compression.min-size", LeastMinSize, Bounds.Size),
        Effort = reader.Choice<CompressionEffort>("pikku.compression.effort"),
    };
}
