namespace Pikku.Akka;

/// <summary>The call that a <see cref="Wire"/> belongs to: a port, so that what users write against knows nothing of how calls run.</summary>
internal interface IPikkuCall
{
    /// <summary>Fires when the connection goes or the deadline of the call passes.</summary>
    CancellationToken Cancellation { get; }
}
