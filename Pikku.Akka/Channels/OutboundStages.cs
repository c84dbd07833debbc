using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>The stages of the outbound flow: one for each piece of channel middleware, followed by the encoding.</summary>
internal static class OutboundStages
{
    /// <summary>Runs one piece of middleware on every event of a turn, one after another. If it throws or times out, the event is dropped.</summary>
    public static async Task<OutboundTurn> ApplyAsync(PikkuChannelMiddlewareDelegate middleware, OutboundTurn turn)
    {
        var passed = new List<OutboundItem>(turn.Items.Count);
        foreach (var item in turn.Items)
        {
            if (item.Event is null)
                passed.Add(item);
            else
                await ApplyAsync(middleware, turn.Connection, item, passed);
        }

        return turn with { Items = passed };
    }

    /// <summary>Encodes the items that have passed the middleware and adds them to the outbox.</summary>
    public static OutboundTurn Encode(OutboundTurn turn)
    {
        foreach (var item in turn.Items)
        {
            if (item.IsLast)
                turn.Connection.Outbox.Complete(item.Message);
            else if (item.Event is null)
                turn.Connection.Write(item.Message, item.IsAwaited);
            else
                Write(turn.Connection, item);
        }

        turn.Connection.EndTurn();
        return turn;
    }

    private static async Task ApplyAsync(PikkuChannelMiddlewareDelegate middleware, Connection connection, OutboundItem item, List<OutboundItem> passed)
    {
        var endpoint = connection.Endpoint;
        var mine = new List<OutboundItem>(1);
        try
        {
            ValueTask running;
            using (connection.Ambient.Enter())
            {
                running = middleware(connection.Services, item.Event!, next =>
                {
                    if (next is not null)
                        mine.Add(item with { Event = next });
                    return default;
                });
            }

            if (!running.IsCompletedSuccessfully)
                await endpoint.Background.WaitAsync(
                    running.AsTask(), "Channel middleware", endpoint.Settings.Channel.MiddlewareTimeout, endpoint.Clock);
            passed.AddRange(mine);
        }
        catch (Exception e)
        {
            // Events that it passed on before it threw are dropped too, because an incomplete set of events would mislead the client.
            endpoint.LogMiddlewareFailure(connection, item.Event!.Kind, e);
        }
    }

    private static void Write(Connection connection, in OutboundItem item)
    {
        var endpoint = connection.Endpoint;
        try
        {
            EncodedMessage message;
            using (connection.Ambient.Enter())
                message = endpoint.EncodeEvent(item);
            // Mark the message as an event, so that the overflow policies of the outbox can drop it.
            if (item.Event!.Kind == OutboundMessageKind.Event)
                message = message with { IsEvent = true, Topic = item.Event.Source };
            connection.Write(message, item.IsAwaited);
        }
        catch (Exception e)
        {
            endpoint.LogEventNotEncoded(connection, item.Event!.Kind, e);
        }
    }
}
