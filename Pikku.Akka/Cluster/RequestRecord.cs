namespace Pikku.Akka.Cluster;

/// <summary>The answer to a request with an idempotency key.</summary>
/// <param name="Fingerprint">A hash of the content of the request: the same key with another content is a mistake of the caller.</param>
/// <param name="Status">The status.</param>
/// <param name="Body">The JSON of the answer; null for none.</param>
internal sealed record RequestRecord(string Fingerprint, int Status, string? Body);
