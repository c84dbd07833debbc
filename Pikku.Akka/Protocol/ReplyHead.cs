namespace Pikku.Akka.Protocol;

/// <summary>The parts of a reply besides its payload. All parts are written JSON; empty ones are absent.</summary>
internal readonly ref struct ReplyHead
{
    /// <summary>The name of the routing key, as UTF-8 and as JSON.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    public ReadOnlySpan<byte> JsonKey { get; init; }

    /// <summary>The value of the routing key, unchanged.</summary>
    public ReadOnlySpan<byte> Value { get; init; }

    /// <summary>The id, unchanged.</summary>
    public ReadOnlySpan<byte> Id { get; init; }

    public bool Enveloped { get; init; }

    public bool HasKey => !Value.IsEmpty;
}
