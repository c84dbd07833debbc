using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Pikku.Akka.Inspection;

namespace Pikku.Akka.Api;

/// <summary>The endpoints with which operators find out what happens to a user.</summary>
internal static class InspectionEndpoints
{
    private const string Json = "application/json";

    /// <summary>Maps the endpoints.</summary>
    /// <param name="group">The endpoints of the API.</param>
    /// <param name="maxBody">The size of the largest content, in bytes.</param>
    public static void Map(RouteGroupBuilder group, long maxBody)
    {
        group.MapPost("/explain", async (HttpContext context, Explainer explainer) =>
        {
            var body = await ApiBody.ReadAsync<ExplainBody>(context);
            var request = new ExplainRequest(body.Channel, body.User, body.Connection, body.Action, body.Topic, body.Data?.GetRawText());
            return Answer(await explainer.ExplainAsync(request, ApiFilters.NameOf(context.User), context.RequestAborted));
        }).Accepts<ExplainBody>(Json).Produces<Explanation>().ProducesProblem(404).ProducesProblem(422).ProducesProblem(429).ProducesProblem(503)
            .WithMetadata(new ApiBody.Limit(maxBody)).WithName("ExplainDecision")
            .WithSummary("Explains why a user may or may not call an action or subscribe to a topic: asks the gates one by one, and runs no function.");

        group.MapGet("/users/{userId}/trace", (string userId, double? seconds, HttpContext context, UserTracer tracer) =>
        {
            if (seconds is <= 0)
                throw new UnprocessableContentError("seconds", "must be positive");
            return LineStream<TraceEntry>.BeginAsync(
                context, ended => tracer.TraceAsync(userId, ApiFilters.NameOf(context.User), DurationOf(seconds), ended));
        }).Produces<TraceEntry>(StatusCodes.Status200OK, LineStream<TraceEntry>.ContentType).ProducesProblem(422).ProducesProblem(429)
            .WithName("TraceUser").WithSummary("Sends the messages of a user's connections on all nodes, live and without payloads: one JSON object per line.");

        group.MapPost("/recordings", async (HttpContext context, Recorder recorder) =>
        {
            var body = await ApiBody.ReadAsync<RecordBody>(context);
            var state = await recorder.StartAsync(body.User, body.Connection, DurationOf(body.Seconds), ApiFilters.NameOf(context.User), context.RequestAborted);
            return Answer(state, StatusCodes.Status201Created);
        }).Accepts<RecordBody>(Json).Produces<RecordingState>(StatusCodes.Status201Created).ProducesProblem(404).ProducesProblem(409).ProducesProblem(422).ProducesProblem(429)
            .WithMetadata(new ApiBody.Limit(maxBody)).WithName("StartRecording").WithSummary("Begins to record a connection, or the next connection of a user.");

        var recording = group.MapGroup("/recordings/{id}");
        recording.MapGet("", async (string id, Recorder recorder) => Answer(await recorder.FindAsync(id)))
            .Produces<RecordingState>().ProducesProblem(404).WithName("GetRecording").WithSummary("Returns the state of a recording.");
        recording.MapPost("/stop", async (string id, HttpContext context, Recorder recorder) =>
            new ApiAnswer(StatusCodes.Status200OK, await recorder.StopAsync(id, ApiFilters.NameOf(context.User))))
            .Produces<object>(StatusCodes.Status200OK, Json).ProducesProblem(404).WithName("StopRecording")
            .WithSummary("Ends a recording and returns its file: a scenario, with secrets masked. Can be repeated while the recording is kept.");
    }

    private static TimeSpan? DurationOf(double? seconds) => seconds is { } given ? TimeSpan.FromSeconds(Math.Min(given, TimeSpan.FromDays(1).TotalSeconds)) : null;

    private static ApiAnswer Answer<T>(T value, int status = StatusCodes.Status200OK) => new(status, InspectionJson.Write(value));
}
