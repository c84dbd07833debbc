using Akka.Actor;

namespace Pikku.Akka.Cluster;

/// <summary>A message of another node that this build does not understand. The actor that the message was sent to receives this object and knows the sender.</summary>
/// <param name="Version">The version of the message.</param>
/// <param name="Kind">The kind; null when the major version is unknown, because only the version can be read then.</param>
internal sealed record UnreadableMessage(WireVersion Version, ushort? Kind) : INoSerializationVerificationNeeded;
