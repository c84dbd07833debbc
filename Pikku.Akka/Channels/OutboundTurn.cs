using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>
/// The items that one connection sends in one turn of the outbound flow, in order. The stages of the flow run one after another: one for each piece of channel
/// middleware, followed by the encoding. The counterpart of <see cref="InboundTurn"/>.
/// </summary>
/// <param name="connection">The connection, which has at most one turn in the flow.</param>
/// <param name="items">The items.</param>
internal sealed class OutboundTurn(Connection connection, List<OutboundItem> items)
{
    private List<OutboundItem> _items = items;

    /// <summary>Runs one piece of middleware on every event of the turn, one after another. If it throws or times out, the event is dropped.</summary>
    /// <returns>This turn, for the next stage.</returns>
    public async Task<OutboundTurn> ApplyAsync(PikkuChannelMiddlewareDelegate middleware)
    {
        var passed = new List<OutboundItem>(_items.Count);
        foreach (var item in _items)
        {
            if (item.Event is null)
                passed.Add(item);
            else
                await ApplyAsync(middleware, item, passed);
        }

        _items = passed;
        return this;
    }

    /// <summary>Encodes the items that have passed the middleware and adds them to the outbox.</summary>
    /// <returns>This turn, which has ended.</returns>
    public OutboundTurn Encode()
    {
        foreach (var item in _items)
        {
            if (item.IsLast)
                connection.Outbox.Complete(item.Message);
            else if (item.Event is null)
                connection.Write(item.Message, item.IsAwaited);
            else
                EncodeEvent(item);
        }

        connection.EndTurn();
        return this;
    }

    private async Task ApplyAsync(PikkuChannelMiddlewareDelegate middleware, OutboundItem item, List<OutboundItem> passed)
    {
        var endpoint = connection.Endpoint;
        // The events that this piece of middleware passes on for the item. User code that still runs after a timeout may add to this list, but not to the turn: the middleware
        // sees this variable alone, and not the one below, which is replaced after a failure.
        var passedOn = new List<OutboundItem>(1);
        var results = passedOn;
        try
        {
            ValueTask running;
            using (connection.Ambient.Enter())
            {
                running = middleware(connection.Services, item.Event!, next =>
                {
                    if (next is not null)
                        passedOn.Add(item with { Event = next });
                    return default;
                });
            }

            if (!running.IsCompletedSuccessfully)
                await endpoint.Background.WaitAsync(
                    running.AsTask(), "Channel middleware", endpoint.Settings.Channel.MiddlewareTimeout, endpoint.Clock);
        }
        catch (Exception e)
        {
            // Events that it passed on before it threw are dropped too, because an incomplete set of events would mislead the client.
            results = [];
            endpoint.LogMiddlewareFailure(connection, item.Event!.Kind, e);
        }

        if (item.Envelope is { Numbered: { } numbered } envelope)
            MoveNumber(numbered, envelope, results);
        passed.AddRange(results);
    }

    // A client that has a number has the whole event. So of several events that the middleware has made of one only the last one carries the number: if the
    // connection ends between them, the client gets all of them again and misses none. When the middleware has dropped the event, its number remains (P3).
    private static void MoveNumber(HubEvent numbered, ReplyEnvelope envelope, List<OutboundItem> results)
    {
        if (results.Count == 0)
        {
            results.Add(new OutboundItem(ReplyFactory.Tick(numbered)));
            return;
        }

        for (var i = 0; i < results.Count - 1; i++)
            results[i] = results[i] with { Envelope = envelope with { Numbered = null } };
    }

    private void EncodeEvent(in OutboundItem item)
    {
        var endpoint = connection.Endpoint;
        var isNumbered = false;
        try
        {
            EncodedMessage message;
            using (connection.Ambient.Enter())
                message = endpoint.EncodeEvent(item);
            // Mark the message as an event, so that the overflow policies of the outbox can drop it.
            if (item.Event!.Kind == OutboundMessageKind.Event && !item.IsReplay)
                message = message with { IsEvent = true, Topic = item.Event.Source };
            isNumbered = message.Position != PositionPart.None;
            connection.Write(message, item.IsAwaited);
        }
        catch (Exception e)
        {
            endpoint.LogEventNotEncoded(connection, item.Event!.Kind, e);
        }

        // An event that can't be encoded, or that the middleware has replaced by bytes, leaves its number (P3).
        if (!isNumbered && item.Envelope?.Numbered is { } numbered)
            connection.Write(ReplyFactory.Tick(numbered));
    }
}
