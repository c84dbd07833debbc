namespace Pikku.Akka.Settings;

/// <summary><c>pikku.session</c>: sessions and their store.</summary>
internal sealed record SessionSettings
{
    public required SessionExpiry OnExpiry { get; init; }

    public required SessionExpiry OnRevoke { get; init; }

    public required SessionClearing OnClear { get; init; }

    public required int StoreCapacity { get; init; }

    public required TimeSpan StoreLifetime { get; init; }

    public required int MaxTokenSize { get; init; }

    public static SessionSettings Read(StrictReader reader) => new()
    {
        OnExpiry = reader.Choice<SessionExpiry>("pikku.session.on-expiry"),
        OnRevoke = reader.Choice<SessionExpiry>("pikku.session.on-revoke"),
        OnClear = reader.Choice<SessionClearing>("pikku.session.on-clear"),
        StoreCapacity = reader.Integer("pikku.session.store-capacity", 1, 100_000_000),
        StoreLifetime = reader.Duration("pikku.session.store-lifetime", Bounds.Shortest, 10 * Bounds.Year),
        MaxTokenSize = reader.Size("pikku.session.max-token-size", 1, Bounds.Size),
    };
}
