namespace Pikku.Akka.Tests.Support;

/// <summary>The call of a <see cref="Wire"/> that a test makes by itself.</summary>
internal sealed class TestCall(CancellationToken cancellation = default) : IPikkuCall
{
    public CancellationToken Cancellation => cancellation;
}
