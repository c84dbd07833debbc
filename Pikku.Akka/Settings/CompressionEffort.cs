namespace Pikku.Akka.Settings;

/// <summary>How much processor time the compression of a message may take.</summary>
internal enum CompressionEffort
{
    /// <summary>The balance between size and time.</summary>
    Balanced,

    /// <summary>Less time and larger messages.</summary>
    Fastest,
}
