using Akka.Actor;

namespace Pikku.Akka.Cluster;

/// <summary>A message of another node that this build does not understand. It reaches the actor that it was sent to, which knows the sender.</summary>
/// <param name="Version">The version of the message.</param>
/// <param name="Kind">The kind; null when the major version is unknown, as nothing but the version can be read then.</param>
internal sealed record UnreadableMessage(WireVersion Version, ushort? Kind) : INoSerializationVerificationNeeded;
