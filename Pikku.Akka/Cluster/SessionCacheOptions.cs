namespace Pikku.Akka.Cluster;

/// <summary>How sessions are kept in a distributed cache.</summary>
/// <param name="KeyPrefix">The beginning of all keys (<c>pikku.session.cache-key-prefix</c>).</param>
/// <param name="Lifetime">How long a session is kept without being used (<c>pikku.session.store-lifetime</c>).</param>
/// <param name="Timeout">How long one operation may take (<c>pikku.session.cache-timeout</c>).</param>
internal sealed record SessionCacheOptions(string KeyPrefix, TimeSpan Lifetime, TimeSpan Timeout);
