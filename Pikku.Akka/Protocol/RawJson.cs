namespace Pikku.Akka.Protocol;

/// <summary>
/// A result that was written on another node. It goes out as it came: a type that is only written need not be one that can be read, and
/// nothing is lost by reading and writing it once more.
/// </summary>
/// <param name="Utf8">The JSON.</param>
internal sealed record RawJson(byte[] Utf8);
