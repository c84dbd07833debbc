using System.Text.Json;

namespace Pikku.Akka.OperatorConsole;

/// <summary>Reads the events of a topic as fast as they come, and keeps some of them until they are taken. Thread-safe.</summary>
internal sealed class TopicTail : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly EventSubscription<JsonElement> _events;
    private readonly int _limit;
    private readonly Func<JsonElement, TailEvent> _show;
    private readonly Task _reading;
    private List<TailEvent> _kept = [];
    private int _skipped;

    /// <param name="events">The subscription, which this object ends.</param>
    /// <param name="limit">How many events are kept between two calls of <see cref="Take"/>.</param>
    /// <param name="show">Says what is shown of an event.</param>
    public TopicTail(EventSubscription<JsonElement> events, int limit, Func<JsonElement, TailEvent> show)
    {
        (_events, _limit, _show) = (events, limit, show);
        _reading = ReadAsync();
    }

    /// <summary>True when no more events come, for example because the hub has stopped.</summary>
    public bool IsOver => _reading.IsCompleted;

    /// <summary>The events since the last call; null when there were none.</summary>
    public TailBatch? Take()
    {
        lock (_gate)
        {
            if (_kept.Count == 0 && _skipped == 0)
                return null;
            var batch = new TailBatch(_kept, _skipped);
            (_kept, _skipped) = ([], 0);
            return batch;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _events.DisposeAsync();
        await _reading;
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var data in _events)
            {
                lock (_gate)
                {
                    if (_kept.Count < _limit)
                        _kept.Add(_show(data));
                    else
                        _skipped++;
                }
            }
        }
        catch (EventHubException)
        {
            // Events were lost, or the hub has stopped. The tail ends, and the page says it.
        }
    }
}
