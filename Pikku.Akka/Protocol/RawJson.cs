namespace Pikku.Akka.Protocol;

/// <summary>
/// A value that was written before, such as a result on another node. It is sent unchanged, because a type that can be written need not be readable, and reading and
/// writing it again could lose information.
/// </summary>
/// <param name="Utf8">The JSON.</param>
internal sealed record RawJson(byte[] Utf8);
