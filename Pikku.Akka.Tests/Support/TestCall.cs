using Pikku.Akka.Sessions;

namespace Pikku.Akka.Tests.Support;

/// <summary>The call of a <see cref="PikkuContext"/> that a test creates itself.</summary>
internal sealed class TestCall : IPikkuCall
{
    public IPikkuChannel Channel { get; init; } = null!;

    public SessionHolder Session { get; init; } = null!;

    public IPikkuSessionStore SessionStore { get; init; } = null!;

    public IEventHub EventHub { get; init; } = new RecordingHub();

    public IServiceProvider Services { get; init; } = null!;

    public string? ActionName { get; init; }

    public CancellationToken Cancellation { get; init; }

    public IItemSink OpenStream() => throw new NotSupportedException();
}
