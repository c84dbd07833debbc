namespace Pikku.Akka.Settings;

/// <summary><c>pikku.api</c>: the HTTP API.</summary>
internal sealed record ApiSettings
{
    public required int MaxBatch { get; init; }

    public required int MaxItems { get; init; }

    public required TimeSpan IdempotencyLifetime { get; init; }

    public required int IdempotencyCapacity { get; init; }

    public required int IdempotencyMaxMemory { get; init; }

    public static ApiSettings Read(StrictReader reader) => new()
    {
        MaxBatch = reader.Integer("pikku.api.max-batch", 1, Bounds.Queue),
        MaxItems = reader.Integer("pikku.api.max-items", 1, Bounds.Queue),
        IdempotencyLifetime = reader.Duration("pikku.api.idempotency-lifetime", Bounds.Shortest, Bounds.Day),
        IdempotencyCapacity = reader.Integer("pikku.api.idempotency-capacity", 1, 10_000_000),
        IdempotencyMaxMemory = reader.Size("pikku.api.idempotency-max-memory", 1, Bounds.Size),
    };
}
