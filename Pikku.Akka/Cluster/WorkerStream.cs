using System.Text.Json;
using Pikku.Akka.Functions;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The items of a stream whose function runs on this node, for a connection of another node. A limited number of items is ahead of what that node has added to
/// the outbox of the connection; the function is not asked for more. The other node returns the room of each item (<see cref="NodeMessage.TakeItems"/>).
/// </summary>
/// <param name="call">The call.</param>
/// <param name="json">The JSON options of the application.</param>
/// <param name="send">Sends an item when there is room in the window of the node, which all calls share.</param>
internal sealed class WorkerStream(Invocation call, JsonSerializerOptions json, Func<NodeMessage.Item, ValueTask> send) : IItemSink
{
    private const int MaxItems = 16; // hides the latency between nodes for small items
    private const int MaxSize = 256 * 1024; // bytes: bounds large items; one of any size may be sent alone

    private readonly Lock _gate = new();
    private readonly Queue<int> _sizes = [];
    private TaskCompletionSource? _waiting;
    private int _size;
    private bool _hasBegun;

    public ValueTask WaitForRoomAsync()
    {
        call.Cancellation.ThrowIfCancellationRequested();
        Task waiting;
        lock (_gate)
        {
            if (HasRoom)
                return default;
            waiting = (_waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        return new ValueTask(waiting.WaitAsync(call.Cancellation));
    }

    public async ValueTask SendAsync(object? item)
    {
        if (!_hasBegun) // the function actor must not run the rest of the stream
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        _hasBegun = true;
        var text = JsonSerializer.SerializeToUtf8Bytes(item, json.GetTypeInfo(call.Action.Runner.Output!.Type));
        lock (_gate)
        {
            _sizes.Enqueue(text.Length);
            _size += text.Length;
        }

        await send(new NodeMessage.Item(text)).ConfigureAwait(false);
    }

    /// <summary>Records that the other node has added the oldest items to the outbox of the connection.</summary>
    public void Taken(int items)
    {
        lock (_gate)
        {
            for (; items > 0 && _sizes.TryDequeue(out var size); items--)
                _size -= size;
            if (!HasRoom)
                return;
            _waiting?.TrySetResult();
            _waiting = null;
        }
    }

    private bool HasRoom => _sizes.Count < MaxItems && _size < MaxSize;
}
