using System.Text.Json;
using Pikku.Akka.Testing;

namespace Pikku.Akka;

/// <summary>A subscription of a test to a topic.</summary>
/// <typeparam name="TEvent">The type of the events.</typeparam>
public sealed class PikkuTestSubscription<TEvent>
{
    private readonly PikkuTestConnection _connection;
    private readonly string _topic;
    private readonly SubscriptionInbox _inbox;
    private readonly PikkuTestMessage _reply;

    internal PikkuTestSubscription(PikkuTestConnection connection, string topic, SubscriptionInbox inbox, PikkuTestMessage reply)
    {
        (_connection, _topic, _inbox, _reply) = (connection, topic, inbox, reply);
        _inbox.Position ??= TextOf("position");
        Recovery = TextOf("recovery") ?? "none";
    }

    /// <summary>What of the past follows: <c>none</c>, <c>complete</c> or <c>lost</c>.</summary>
    public string Recovery { get; }

    /// <summary>The position behind the last event that has come, for <see cref="PikkuTestConnection.SubscribeAsync"/>; null for a topic without history.</summary>
    public string? Position => _inbox.Current;

    /// <summary>The snapshot of the topic.</summary>
    /// <typeparam name="TState">The type of the snapshot.</typeparam>
    /// <exception cref="PikkuExpectationException">The reply has no snapshot.</exception>
    public TState GetSnapshot<TState>() => Data.TryGetProperty("snapshot", out var snapshot)
        ? _reply.Read<TState>(snapshot)
        : throw _connection.Failed($"a snapshot of '{_topic}'", $"{_reply}");

    /// <summary>Returns the next event.</summary>
    /// <exception cref="PikkuTestException">The server has ended the subscription.</exception>
    /// <exception cref="PikkuExpectationException">No event comes.</exception>
    public async Task<TEvent> NextAsync()
    {
        var message = await _connection.TakeAsync(_inbox.Events.Reader, () => $"an event of '{_topic}'");
        return message.Read<TEvent>(message.Json.GetProperty("data"));
    }

    /// <summary>Expects that no event waits after the host has handled everything that it has received.</summary>
    /// <exception cref="PikkuExpectationException">An event waits, or the host does not become idle.</exception>
    public async Task ExpectNothingAsync()
    {
        await _connection.IdleAsync();
        if (_inbox.Events.Reader.TryRead(out var message))
            throw _connection.Failed($"no event of '{_topic}'", $"{message}");
    }

    /// <summary>Expects that the server ends the subscription, and returns its error. Events before that are not looked at.</summary>
    /// <exception cref="PikkuExpectationException">The subscription does not end.</exception>
    public async Task<PikkuTestException> ExpectEndAsync()
    {
        try
        {
            while (true)
                await _connection.TakeAsync(_inbox.Events.Reader, () => $"the end of the subscription to '{_topic}'");
        }
        catch (PikkuTestException ended)
        {
            return ended;
        }
    }

    /// <summary>Ends the subscription.</summary>
    public Task UnsubscribeAsync() => _connection.UnsubscribeAsync(_topic);

    private JsonElement Data => _reply.Json.GetProperty("data");

    private string? TextOf(string property) => Data.TryGetProperty(property, out var value) ? value.GetString() : null;
}
