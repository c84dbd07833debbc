using System.Buffers;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>
/// The stages of the inbound flow. All of them are synchronous and none of them throws: an exchange that has failed passes the rest
/// untouched and is answered at the end.
/// </summary>
internal static class InboundStages
{
    /// <summary>Reads where things stand in a message, or in all of a burst, and finds the action (B1–B6).</summary>
    public static Exchange Decode(Exchange exchange)
    {
        if (exchange.Burst is null)
        {
            DecodeOne(exchange);
        }
        else
        {
            foreach (var one in exchange.Burst.Exchanges)
                DecodeOne(one);
        }

        return exchange;
    }

    private static void DecodeOne(Exchange exchange)
    {
        if (exchange.IsDecoded)
            return;
        exchange.IsDecoded = true;
        try
        {
            var channel = exchange.Channel.Runtime.Definition;
            switch (exchange.Kind)
            {
                case ExchangeKind.Text:
                    DecodeText(exchange, channel);
                    break;
                case ExchangeKind.Binary when channel.OnBinaryMessage is { } handler:
                    exchange.Bind(handler, exchange.Frame);
                    break;
                case ExchangeKind.Binary:
                    exchange.Fail(new NotFoundError($"The channel '{channel.Name}' takes no binary frames."));
                    break;
                case ExchangeKind.Connect:
                    exchange.Bind(channel.OnConnect!, default);
                    break;
                case ExchangeKind.Disconnect:
                    exchange.Bind(channel.OnDisconnect!, default);
                    break;
            }
        }
        catch (Exception e)
        {
            exchange.Fail(e);
        }
    }

    /// <summary>Refuses what came too fast, and what needs a session when there is none (D1, D2).</summary>
    public static Exchange Authorize(Exchange exchange)
    {
        if (exchange.Error is not null || exchange.Kind == ExchangeKind.Event)
            return exchange;
        if (exchange.IsOverRate)
            exchange.Fail(new TooManyRequestsError());
        else if (exchange.Action is { Auth: true } action)
            DemandSession(exchange, action);
        return exchange;
    }

    // A session is the application's own type, which tells when it ends.
    private static void DemandSession(Exchange exchange, BoundAction action)
    {
        try
        {
            using (exchange.Ambient.Enter())
            {
                if (exchange.Channel.Session.Current is null)
                    exchange.Fail(new UnauthorizedRouteError(action.Label));
            }
        }
        catch (Exception e)
        {
            exchange.Fail(e);
        }
    }

    /// <summary>Starts the middleware and the function, or ends what has failed.</summary>
    public static Exchange Dispatch(Exchange exchange)
    {
        try
        {
            if (exchange.Error is not null)
                exchange.Finished();
            else if (exchange.Kind == ExchangeKind.Event)
                _ = Handle(exchange);
            else if (exchange.Action is null)
                exchange.Finished(); // an answer to a call that nobody waits for any more
            else
                Start(exchange);
        }
        catch (Exception e)
        {
            exchange.Fail(e);
            exchange.Finished();
        }

        return exchange;
    }

    /// <summary>
    /// Answers an exchange that no lane has room for. An end is started here instead: it comes once (I1), and many come at once when a
    /// network fails.
    /// </summary>
    public static void Shed(Exchange exchange)
    {
        Decode(exchange);
        if (exchange.Kind != ExchangeKind.Disconnect)
            exchange.Fail(new ServiceUnavailableError("The lane of the connection is full (pikku.channel.lane-capacity)."));
        Dispatch(exchange);
    }

    private static void DecodeText(Exchange exchange, CompiledChannel channel)
    {
        var frame = exchange.Frame;
        MessageScanner.Scan(frame.Span, channel.Routes, exchange.Channel.IsEnveloped, out var scan);
        exchange.Scan = scan;
        if (scan.IsRpc)
            return;

        if (scan.Outcome == ScanOutcome.Matched)
            BindAction(exchange, channel.Actions[scan.Action], scan);
        else if (channel.OnMessage is { } handler && (scan.Outcome == ScanOutcome.NotFound || handler.Mode == InputMode.RawText))
            exchange.Bind(handler, frame);
        else
            Refuse(exchange, scan);
    }

    private static void BindAction(Exchange exchange, BoundAction action, in ScannedMessage scan)
    {
        var frame = exchange.Frame;
        if (scan.Enveloped)
        {
            exchange.Bind(action, frame[scan.Data]);
        }
        else if (action.Runner.NeedsExcision(exchange.Channel.Runtime.Definition.Routes.KeyOf(scan.Key)))
        {
            var data = new ArrayBufferWriter<byte>(frame.Length);
            FlatData.Without(frame.Span, scan, exchange.Channel.Runtime.Definition.Routes, data);
            exchange.Bind(action, data.WrittenMemory);
        }
        else
        {
            exchange.Bind(action, frame);
        }
    }

    private static void Refuse(Exchange exchange, in ScannedMessage scan)
    {
        exchange.IsViolation = true;
        exchange.Fail(scan.Outcome == ScanOutcome.Malformed
            ? new BadRequestError("The message is not JSON.")
            : new NotFoundError("The message matches no action."));
    }

    private static void Start(Exchange exchange)
    {
        exchange.BeginSpan();
        MiddlewareChain.Start(exchange);
    }

    private static async Task Handle(Exchange exchange)
    {
        exchange.BeginSpan();
        try
        {
            ValueTask handling;
            using (exchange.Ambient.Enter())
            {
                exchange.IsInMiddleware = true;
                handling = exchange.Handler!.HandleAsync(exchange.HubEvent!);
                exchange.IsInMiddleware = false;
            }

            await handling.ConfigureAwait(false); // whatever the handler made of its thread
        }
        catch (Exception e)
        {
            exchange.Fail(e);
        }

        exchange.Finished();
    }
}
