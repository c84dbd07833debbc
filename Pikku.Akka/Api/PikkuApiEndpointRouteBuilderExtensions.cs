using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Api;
using Pikku.Akka.Hosting;
using Pikku.Akka.Settings;

namespace Pikku.Akka;

/// <summary>Maps the HTTP API of Pikku.Akka to the endpoints of an application.</summary>
public static class PikkuApiEndpointRouteBuilderExtensions
{
    private const string Json = "application/json";

    /// <summary>
    /// Maps an HTTP API for other servers and for operators: publish events, read presence and histories, manage the connections of users, and find out
    /// what happens to a user. The endpoints are minimal
    /// APIs, so the OpenAPI document of the application contains them. Each node answers for the whole cluster.
    /// </summary>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="policy">
    /// The authorization policy that callers have to meet. Whoever meets it can publish to every topic, act on every user and see the messages of recorded connections, so browsers of users must not.
    /// </param>
    /// <param name="prefix">The beginning of the routes.</param>
    /// <returns>Takes conventions for all endpoints of the API.</returns>
    /// <exception cref="InvalidOperationException">AddPikku has not been called, or the policy is not registered.</exception>
    public static IEndpointConventionBuilder MapPikkuApi(this IEndpointRouteBuilder endpoints, string policy, string prefix = "/api/pikku")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(policy);
        var plan = PikkuPlan.Of(endpoints.ServiceProvider, nameof(MapPikkuApi));
        // The default provider answers at once. Another one may ask a server, which the start does not wait for.
        if (endpoints.ServiceProvider.GetService<IAuthorizationPolicyProvider>()?.GetPolicyAsync(policy) is not { } found || found is { IsCompletedSuccessfully: true, Result: null })
            throw new InvalidOperationException(
                $"{nameof(MapPikkuApi)} requires the policy '{policy}', which is not registered. Register it with builder.Services.AddAuthorizationBuilder().AddPolicy(\"{policy}\", …).");
        var group = endpoints.MapGroup(prefix).RequireAuthorization(policy).WithTags("Pikku");
        if (plan.SettingsProblems().Count > 0)
            return group;
        group.AddEndpointFilter(ApiFilters.DescribeProblemsAsync);
        MapTopics(group, plan.Settings, new Lazy<ApiTopics>(() => ActivatorUtilities.CreateInstance<ApiTopics>(endpoints.ServiceProvider)));
        MapUsers(group, plan.Settings);
        InspectionEndpoints.Map(group, plan.Settings.EventHub.MaxEventSize);
        return group;
    }

    private static void MapTopics(RouteGroupBuilder group, PikkuSettings settings, Lazy<ApiTopics> topics)
    {
        var (api, largest) = (settings.Api, (long)settings.EventHub.MaxEventSize);
        Change(2 * largest, group.MapPost("/publish", async (HttpContext context) =>
        {
            await topics.Value.PublishAsync(await ApiBody.ReadAsync<PublishRequest>(context));
            return new ApiAnswer(StatusCodes.Status204NoContent, null);
        })).Accepts<PublishRequest>(Json).WithName("PublishEvent").WithSummary("Publishes an event to a topic that a channel declares.").ProducesProblem(404).ProducesProblem(413);

        Change(Math.Min(int.MaxValue, api.MaxBatch * largest), group.MapPost("/publish/batch", async (HttpContext context) =>
        {
            return await PublishAllAsync(topics.Value, await ApiBody.ReadAsync<BatchRequest>(context), api.MaxBatch);
        })).Accepts<BatchRequest>(Json).Produces<BatchAnswer>().WithName("PublishEvents").WithSummary("Publishes several events in their order, and returns the outcome of each.");

        group.MapGet("/presence", (string? topic, int? limit, IPikkuPresence presence) =>
        {
            var entries = presence.GetEntries<JsonElement>(Required(topic));
            return Answer(new PresenceAnswer(topic!, entries.Count, [.. entries.Take(LimitOf(limit, api))]));
        }).Produces<PresenceAnswer>().WithName("GetPresence").WithSummary("Returns the entries of a presence topic.");

        group.MapGet("/history", async (string? topic, int? limit, IEventHub hub, CancellationToken cancellation) =>
        {
            var history = await hub.GetHistoryAsync(new Topic<JsonElement>(Required(topic)), LimitOf(limit, api), cancellation);
            return Answer(new HistoryAnswer(topic!, history.Position, history.Events));
        }).Produces<HistoryAnswer>().ProducesProblem(400).WithName("GetHistory").WithSummary("Returns the newest kept events of a topic with history.");
    }

    private static void MapUsers(RouteGroupBuilder group, PikkuSettings settings)
    {
        var largest = settings.EventHub.MaxEventSize;
        var users = group.MapGroup("/users/{userId}");
        users.MapGet("/connections", async (string userId, IPikkuUsers all, CancellationToken cancellation) =>
            Answer(new ConnectionsAnswer(await all.GetChannelsAsync(userId, cancellation))))
            .Produces<ConnectionsAnswer>().ProducesProblem(504).WithName("GetConnections").WithSummary("Returns the connections of a user on all nodes with their subscriptions.");

        Change(largest, users.MapPost("/unsubscribe", async (HttpContext context, string userId, IPikkuUsers all) =>
        {
            var request = await ApiBody.ReadAsync<UnsubscribeRequest>(context);
            await all.UnsubscribeAsync(userId, new Topic<JsonElement>(request.Topic), context.RequestAborted);
            return new ApiAnswer(StatusCodes.Status204NoContent, null);
        })).Accepts<UnsubscribeRequest>(Json).ProducesProblem(504).WithName("UnsubscribeUser").WithSummary("Ends the subscriptions of a user to a topic on all nodes. Clients are told.");

        Change(largest, users.MapPost("/disconnect", async (HttpContext context, string userId, IPikkuUsers all) =>
        {
            var request = await ApiBody.ReadAsync<DisconnectRequest>(context);
            try
            {
                await all.DisconnectAsync(userId, request.Channel, request.Reason, context.RequestAborted);
            }
            catch (ArgumentException e)
            {
                throw new NotFoundError(e.Message, e);
            }

            return new ApiAnswer(StatusCodes.Status204NoContent, null);
        })).Accepts<DisconnectRequest>(Json).ProducesProblem(404).ProducesProblem(504).WithName("DisconnectUser").WithSummary("Closes the connections of a user on all nodes. Clients may connect again.");

        Change(largest, users.MapPost("/refresh", async (HttpContext context, string userId, IPikkuUsers all) =>
        {
            await all.RefreshAsync(userId, context.RequestAborted);
            return new ApiAnswer(StatusCodes.Status204NoContent, null);
        })).ProducesProblem(504).WithName("RefreshUser").WithSummary("Asks the permissions of a user's connections and subscriptions again, and ends those that are denied now.");

        Change(largest, users.MapPost("/revoke", async (HttpContext context, string userId, IPikkuUsers all) =>
        {
            await all.RevokeAsync(userId, context.RequestAborted);
            return new ApiAnswer(StatusCodes.Status204NoContent, null);
        })).ProducesProblem(504).WithName("RevokeUser").WithSummary("Ends the sessions of a user on all nodes.");
    }

    // What changes something takes an idempotency key.
    private static RouteHandlerBuilder Change(long maxSize, RouteHandlerBuilder endpoint) => endpoint
        .AddEndpointFilter(ApiFilters.RecognizeRetriesAsync)
        .WithMetadata(new ApiBody.Limit(maxSize))
        .WithDescription($"A request with the header {ApiFilters.KeyHeader} is carried out once: a retry with the same key, on any node, gets the same answer.")
        .Produces(StatusCodes.Status204NoContent).ProducesProblem(409).ProducesProblem(422).ProducesProblem(503);

    private static async Task<ApiAnswer> PublishAllAsync(ApiTopics topics, BatchRequest request, int maxBatch)
    {
        if (request.Events.Any(one => one is null))
            throw new UnprocessableContentError("events", "must not contain null"); // before anything is published
        if (request.Events.Count > maxBatch)
            throw new UnprocessableContentError("events", $"must not be more than {maxBatch} (pikku.api.max-batch)");
        var results = new List<BatchResult>(request.Events.Count);
        foreach (var one in request.Events)
        {
            try
            {
                await topics.PublishAsync(one);
                results.Add(new BatchResult(StatusCodes.Status204NoContent));
            }
            catch (Exception e) when (ApiFilters.ProblemOf(e) is { } problem)
            {
                results.Add(new BatchResult(problem.Status, e.Message));
            }
        }

        return Answer(new BatchAnswer(results));
    }

    private static string Required(string? topic) => string.IsNullOrWhiteSpace(topic) ? throw new UnprocessableContentError("topic", "is required") : topic;

    private static int LimitOf(int? asked, ApiSettings api) => Math.Clamp(asked ?? api.MaxItems, 0, api.MaxItems);

    private static ApiAnswer Answer<T>(T value) => new(StatusCodes.Status200OK, JsonSerializer.Serialize(value, ApiBody.Json));
}
