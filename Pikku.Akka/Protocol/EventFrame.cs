namespace Pikku.Akka.Protocol;

/// <summary>An event, encoded once: the whole frame, and the payload as a part of it.</summary>
/// <param name="Frame">The frame, shared by all sockets.</param>
/// <param name="Payload">The payload without envelope and header, for other nodes and for handlers.</param>
internal readonly record struct EventFrame(byte[] Frame, ReadOnlyMemory<byte> Payload);
