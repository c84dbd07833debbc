using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>The stages of the outbound flow: one for each piece of channel middleware, then encode.</summary>
internal static class OutboundStages
{
    /// <summary>Runs one piece of middleware over every event of a turn, one after another. One that throws or hangs drops its event.</summary>
    public static async Task<OutboundTurn> ApplyAsync(PikkuChannelMiddlewareDelegate middleware, OutboundTurn turn)
    {
        var passed = new List<OutboundItem>(turn.Items.Count);
        foreach (var item in turn.Items)
        {
            if (item.Event is null)
                passed.Add(item);
            else
                await ApplyAsync(middleware, turn.Channel, item, passed);
        }

        return turn with { Items = passed };
    }

    /// <summary>Encodes what has come through and puts it into the outbox.</summary>
    public static OutboundTurn Encode(OutboundTurn turn)
    {
        foreach (var item in turn.Items)
        {
            if (item.IsLast)
                turn.Channel.Outbox.Complete(item.Message);
            else if (item.Event is null)
                turn.Channel.Write(item.Message, item.IsAwaited);
            else
                Write(turn.Channel, item);
        }

        turn.Channel.EndTurn();
        return turn;
    }

    private static async Task ApplyAsync(PikkuChannelMiddlewareDelegate middleware, Connection channel, OutboundItem item, List<OutboundItem> passed)
    {
        var endpoint = channel.Endpoint;
        var mine = new List<OutboundItem>(1);
        try
        {
            ValueTask running;
            using (channel.Ambient.Enter())
            {
                running = middleware(channel.Services, item.Event!, next =>
                {
                    if (next is not null)
                        mine.Add(item with { Event = next });
                    return default;
                });
            }

            if (!running.IsCompletedSuccessfully)
                await running.AsTask().WaitAsync(endpoint.Settings.Channel.MiddlewareTimeout, endpoint.Clock);
            passed.AddRange(mine);
        }
        catch (Exception e)
        {
            // What it had passed on before it threw is dropped too: half of a fan-out would mislead.
            endpoint.LogMiddlewareFailure(channel, item.Event!.Kind, e);
        }
    }

    private static void Write(Connection channel, in OutboundItem item)
    {
        var endpoint = channel.Endpoint;
        try
        {
            EncodedMessage message;
            using (channel.Ambient.Enter())
                message = endpoint.EncodeEvent(item);
            // So that the policies that drop events find it in the outbox.
            if (item.Event!.Kind == OutboundMessageKind.Event)
                message = message with { IsEvent = true, Topic = item.Event.Source };
            channel.Write(message, item.IsAwaited);
        }
        catch (Exception e)
        {
            endpoint.LogEventNotEncoded(channel, item.Event!.Kind, e);
        }
    }
}
