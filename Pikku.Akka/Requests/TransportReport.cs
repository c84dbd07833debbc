namespace Pikku.Akka.Requests;

/// <summary>Receives what a transport has done. One delegate for both, because every connection has one.</summary>
/// <param name="written">The bytes that the transport has written to its client.</param>
/// <param name="failure">The exception that has ended the transport; null as long as it writes.</param>
internal delegate void TransportReport(long written, Exception? failure);
