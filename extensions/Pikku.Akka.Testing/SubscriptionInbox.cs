using System.Text.Json;
using System.Threading.Channels;

namespace Pikku.Akka.Testing;

/// <summary>The events of a subscription that a test has not taken yet.</summary>
internal sealed class SubscriptionInbox
{
    private readonly Dictionary<string, string> _numbers = new(StringComparer.Ordinal);

    public Channel<PikkuTestMessage> Events { get; } = Channel.CreateUnbounded<PikkuTestMessage>();

    /// <summary>The position of the subscribe or of its last renewal.</summary>
    public string? Position { get; set; }

    /// <summary>The position behind the last event that has come.</summary>
    public string? Current
    {
        get
        {
            lock (_numbers)
                return Position is null ? null : string.Join(',', [Position, .. _numbers.Values]);
        }
    }

    /// <summary>Adds a message of the topic.</summary>
    public bool Add(PikkuTestMessage message, JsonElement json)
    {
        lock (_numbers)
        {
            // A number without an event, and a renewal of the position, are no events.
            if (json.TryGetProperty("at", out var at) && at.GetString() is { } number)
                _numbers[number[..number.LastIndexOf('.')]] = number;
            if (json.TryGetProperty("position", out var position))
            {
                Position = position.GetString();
                _numbers.Clear();
            }
        }

        return !json.TryGetProperty("data", out _) || Events.Writer.TryWrite(message);
    }

    /// <summary>Notes that the server has ended the subscription. The error follows the events that have come before it.</summary>
    public void End(PikkuTestException error) => Events.Writer.TryComplete(error);
}
