namespace Pikku.Akka.Settings;

/// <summary><c>pikku.session</c>: sessions and their store.</summary>
internal sealed record SessionSettings
{
    public required SessionExpiry OnExpiry { get; init; }

    public required int StoreCapacity { get; init; }

    public required TimeSpan StoreLifetime { get; init; }
}
