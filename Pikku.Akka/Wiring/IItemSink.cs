namespace Pikku.Akka;

/// <summary>Receives the items of one stream. One caller at a time, which awaits each call.</summary>
internal interface IItemSink
{
    /// <summary>Waits until the next item may be requested from the function.</summary>
    /// <exception cref="OperationCanceledException">The stream has ended: it was canceled, or its connection has ended.</exception>
    ValueTask WaitForRoomAsync();

    /// <summary>Sends an item. The task completes when the item is in the outbox, or on its way to the node of the connection.</summary>
    /// <inheritdoc cref="WaitForRoomAsync"/>
    ValueTask SendAsync(object? item);
}
