using Microsoft.AspNetCore.Http;
using Pikku.Akka.Channels;
using Pikku.Akka.Requests;

namespace Pikku.Akka.EventStreams;

/// <summary>Serves a topic of a channel as an event stream, or refuses the request with a status that contains the reason (O5).</summary>
internal sealed class EventStreamHandler
{
    private const string AllowedMethods = "GET, HEAD";

    private readonly RequestChecks _checks;
    private readonly EventStreamSession _sessions;
    private readonly Func<HttpContext, ChannelEndpoint, Task> _serve; // one delegate for all requests

    public EventStreamHandler(RequestChecks checks, EventStreamSession sessions)
    {
        _checks = checks;
        _sessions = sessions;
        _serve = ServeAsync;
    }

    /// <summary>Serves the stream, or answers the request with a status.</summary>
    public Task HandleAsync(HttpContext context, ChannelEndpoint channel) => _checks.RunAsync(context, channel, _serve);

    /// <summary>
    /// 1. Checks the request as an upgrade is checked, and in addition its method and its <c>Accept</c> header. 2. Subscribes to the topic. 3. Starts the response, and
    /// serves the stream until it ends.
    /// </summary>
    private async Task ServeAsync(HttpContext context, ChannelEndpoint channel)
    {
        _checks.Admit(context);
        CrossOrigin.Allow(context);
        if (CrossOrigin.IsPreflight(context.Request))
        {
            CrossOrigin.AnswerPreflight(context);
            return;
        }

        RequireEventStream(context);
        using var lease = _checks.Count(context);
        var prepared = await _checks.PrepareAsync(context, channel);
        var topic = PathParameters.Of(context).First(parameter => parameter.Key == CompiledChannel.TopicParameter).Value ?? "";

        var transport = new EventStreamTransport(new RequestCutoff(context), topic);
        var connection = prepared.Connect(context, channel, transport, isEnveloped: false);
        await _sessions.RunAsync(context, connection, transport, topic);
    }

    private static void RequireEventStream(HttpContext context)
    {
        if (UpgradeRequest.Is(context.Request))
            throw new RequestRefusal(
                StatusCodes.Status404NotFound, "Not Found", "No channel has this route. It is an event stream: connect a WebSocket to the route of its channel.");
        if (!EventStreamRequest.IsReading(context.Request.Method))
        {
            context.Response.Headers.Allow = AllowedMethods;
            throw new RequestRefusal(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed", "An event stream is opened with GET.");
        }

        if (!EventStreamRequest.Accepts(context.Request))
            throw new RequestRefusal(
                StatusCodes.Status406NotAcceptable, "Not Acceptable", $"This is an event stream: accept {EventStreamRequest.ContentType}.");
    }
}
