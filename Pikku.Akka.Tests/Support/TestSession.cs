namespace Pikku.Akka.Tests.Support;

/// <summary>A session of the application under test.</summary>
internal sealed record TestSession(string? UserId = "ann") : IPikkuSession
{
    public IReadOnlyCollection<string> Scopes { get; init; } = [];

    public bool IsReadOnly { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }
}
