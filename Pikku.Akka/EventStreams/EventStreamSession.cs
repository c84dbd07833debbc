using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Pikku.Akka.Channels;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Protocol;
using Pikku.Akka.Replication;
using Pikku.Akka.Requests;
using Pikku.Akka.Settings;

namespace Pikku.Akka.EventStreams;

/// <summary>Serves one event stream from the subscribe to its last byte.</summary>
internal sealed class EventStreamSession(ConnectionSession session, EventStreamSettings settings, PikkuLog log)
{
    /// <summary>
    /// Serves a stream until the connection has ended: 1. its actor is created, 2. it subscribes to the topic, 3. the response starts, 4. events are written until one
    /// side ends the stream, except to <c>HEAD</c>, 5. the outbox is flushed, 6. the actor ends, including <c>onDisconnect</c>.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="transport">Its transport.</param>
    /// <param name="topic">The name of the topic.</param>
    /// <exception cref="RequestRefusal">The client may not subscribe; the response has not started.</exception>
    public async Task RunAsync(HttpContext context, Connection connection, EventStreamTransport transport, string topic)
    {
        // The context of the caller is only for the user code of the connection. The code here belongs to the framework and must not keep it.
        AmbientContext.Clear();
        var actor = ConnectionSession.ActorOf(connection);
        var code = CloseMessage.NoClose;
        try
        {
            if (!await session.TryOpenAsync(actor))
                throw session.NotOpened();
            var subscribed = await SubscribeAsync(connection, topic, EventStreamRequest.ReadPosition(context.Request), context.RequestAborted);
            PrepareResponse(context, connection);
            // RFC 9110 §9.3.2: the response to HEAD has no body. Kestrel drops a body only on HTTP/1.1.
            if (HttpMethods.IsHead(context.Request.Method))
            {
                await context.Response.StartAsync(context.RequestAborted);
                code = (int)CloseCode.Normal;
                return;
            }

            await BeginAsync(context, connection, transport, topic, subscribed);
            code = await WaitForEndAsync(connection, transport, context.RequestAborted);
        }
        catch (RequestRefusal)
        {
            code = (int)CloseCode.PolicyViolation; // for the metrics: the client has not disappeared
            throw;
        }
        finally
        {
            if (!transport.HasBegun)
                transport.EndBeforeBegin();
            await session.EndAsync(actor, transport, code);
        }
    }

    private static async Task<StreamMessage> SubscribeAsync(Connection connection, string topic, Position? since, CancellationToken aborted)
    {
        var message = new StreamMessage(connection, topic, since);
        message.Send();
        ErrorInfo? refused;
        try
        {
            // The deadline of the message bounds the wait. The end of the connection is awaited too, because its actor may have failed.
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted, connection.Closed);
            refused = await message.Answer.WaitAsync(ended.Token);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            throw RequestRefusal.Unavailable("The connection ended before it was subscribed.");
        }

        return refused is { } error ? throw RefusalOf(error) : message;
    }

    // A status outside of the errors of HTTP is that of an error of the application.
    private static RequestRefusal RefusalOf(in ErrorInfo error)
    {
        var status = error.Status switch
        {
            StatusCodes.Status408RequestTimeout => StatusCodes.Status503ServiceUnavailable, // 408 would mean that the request arrived too slowly
            >= 400 and <= 599 and var known => known,
            _ => StatusCodes.Status500InternalServerError,
        };
        return new RequestRefusal(status, ReasonPhrases.GetReasonPhrase(status), error.Message, error.Details) { Name = error.Name, ErrorId = error.ErrorId };
    }

    private static void PrepareResponse(HttpContext context, Connection connection)
    {
        var response = context.Response;
        response.ContentType = EventStreamRequest.ContentType;
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers.ContentEncoding = "identity"; // compression would keep events in its buffer
        response.Headers["X-Accel-Buffering"] = "no"; // proxies (nginx) would collect events as well
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        RequestLimits.Lift(context);
        RequestTelemetry.EndWithHandshake(context, connection.Endpoint.Clock);
    }

    private async Task BeginAsync(HttpContext context, Connection connection, EventStreamTransport transport, string topic, StreamMessage subscribed)
    {
        var body = context.Response.BodyWriter;
        EventStreamFormat.WriteRetry(body, settings.NewRetry());
        var position = WriteBeginning(body, connection, topic, subscribed);
        await body.FlushAsync(context.RequestAborted);
        transport.Begin(body, connection.Activity, position);
    }

    // The position comes last: a client that the stream has not told of a loss, or that lacks the state, must not come back with a new position.
    private static StreamPosition? WriteBeginning(PipeWriter body, Connection connection, string topic, StreamMessage subscribed)
    {
        var reply = subscribed.Reply;
        if (reply.Reason is { } reason)
            EventStreamFormat.WriteLost(body, topic, reason);
        if (reply.Snapshot is { } snapshot)
            EventStreamFormat.WriteSnapshot(body, topic, snapshot, reply.Keys);
        if (reply.Position is not { } start)
            return null;
        var clock = connection.Endpoint.Clock;
        var position = new StreamPosition(start, subscribed.Replayed, clock.GetMinute);
        EventStreamFormat.WriteId(body, position.ToString());
        return position;
    }

    // Returns the close code of the server; 1006 when the client has disappeared.
    private async Task<int> WaitForEndAsync(Connection connection, EventStreamTransport transport, CancellationToken aborted)
    {
        try
        {
            await transport.Done.WaitAsync(aborted);
        }
        catch (OperationCanceledException)
        {
            log.Ended(connection.Name, connection.Id, "the client has ended the request");
            connection.Outbox.Abandon();
        }

        return transport.CloseCode;
    }
}
