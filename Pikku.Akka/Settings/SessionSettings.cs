namespace Pikku.Akka.Settings;

/// <summary><c>pikku.session</c>: sessions and their store.</summary>
internal sealed record SessionSettings
{
    public required SessionExpiry OnExpiry { get; init; }

    public required SessionExpiry OnRevoke { get; init; }

    public required SessionClearing OnClear { get; init; }

    public required int StoreCapacity { get; init; }

    public required int StoreMaxMemory { get; init; }

    public required TimeSpan StoreLifetime { get; init; }

    public required string CacheKeyPrefix { get; init; }

    public required TimeSpan CacheTimeout { get; init; }

    public required int MaxTokenSize { get; init; }

    public static SessionSettings Read(StrictReader reader) => new()
    {
        OnExpiry = reader.Choice<SessionExpiry>("pikku.session.on-expiry"),
        OnRevoke = reader.Choice<SessionExpiry>("pikku.session.on-revoke"),
        OnClear = reader.Choice<SessionClearing>("pikku.session.on-clear"),
        StoreCapacity = reader.Integer("pikku.session.store-capacity", 1, 100_000_000),
        StoreMaxMemory = reader.Size("pikku.session.store-max-memory", 1, Bounds.Size),
        StoreLifetime = reader.Duration("pikku.session.store-lifetime", Bounds.Shortest, 10 * Bounds.Year),
        CacheKeyPrefix = reader.Name("pikku.session.cache-key-prefix"),
        CacheTimeout = reader.Duration("pikku.session.cache-timeout", Bounds.Shortest, Bounds.Day),
        MaxTokenSize = reader.Size("pikku.session.max-token-size", 1, Bounds.Size),
    };
}
