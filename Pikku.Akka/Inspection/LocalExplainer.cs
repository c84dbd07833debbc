using System.Text;
using System.Text.Json;
using Pikku.Akka.Channels;
using Pikku.Akka.Cluster;
using Pikku.Akka.Connections;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;
using Pikku.Akka.Sessions;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Inspection;

/// <summary>
/// Explains decisions about the connections of this node. A permission gets the time of a function, and a bounded number of explanations run at once, because they run
/// code of the application.
/// </summary>
internal sealed class LocalExplainer(
    ConnectionDirectory directory, Func<IReadOnlyList<ChannelEndpoint>> endpoints, PikkuBuilder wiring, ErrorMap errors, PikkuSettings settings, NodeReporter reporter,
    TimeProvider clock)
{
    /// <summary>The name of permissions that did not answer in time, for the log.</summary>
    private const string Work = "The explanation of a decision";

    private int _running;

    /// <summary>Explains the decision about a connection of this node.</summary>
    /// <returns>Null when this node has no such connection.</returns>
    /// <exception cref="PikkuException">The channel, the action or the topic does not exist, or another explanation must end first.</exception>
    public async Task<Explanation?> ExplainAsync(ExplainRequest request)
    {
        var found = request.Connection is { } id ? directory.Find(id)
            : directory.OfUser(request.User!).Where(one => one.IsOpen && one.Name == request.Channel).OrderBy(one => one.Id, StringComparer.Ordinal).FirstOrDefault();
        return found is null ? null
            : found.Name != request.Channel ? throw new NotFoundError($"The connection belongs to the channel '{found.Name}'.")
            : await ExplainAsync(request, found.Endpoint, found);
    }

    /// <summary>Explains the decision about a user who has no connection to the channel: with the stored session, or with none.</summary>
    /// <inheritdoc cref="ExplainAsync(ExplainRequest)"/>
    public Task<Explanation> ExplainStoredAsync(ExplainRequest request) => ExplainAsync(request, EndpointOf(request.Channel), null);

    /// <summary>Refuses a request that names what does not exist.</summary>
    /// <exception cref="NotFoundError">The channel, the action or the topic does not exist.</exception>
    public void Check(ExplainRequest request) => Resolve(EndpointOf(request.Channel), request);

    private async Task<Explanation> ExplainAsync(ExplainRequest request, ChannelEndpoint endpoint, Connection? connection)
    {
        var (action, topic) = Resolve(endpoint, request);
        var session = new SessionHolder(clock, connection?.Session.Token);
        var witness = new ExplainWitness(action, GivenOf(request, connection, topic));
        var call = new ExplainCall(endpoint, connection, session, action, DataOf(request, action), topic);
        // Nobody waits for a turn: an operator tries again, and a queue of questions would run the application's code long after they were asked.
        if (Interlocked.Increment(ref _running) > settings.Watch.ExplainParallelism)
        {
            Interlocked.Decrement(ref _running);
            throw new TooManyRequestsError("As many decisions are being explained as pikku.watch.explain-parallelism allows.");
        }

        Exception? error = null;
        IPikkuSession? current = null;
        var work = Task.Run(async () =>
        {
            try
            {
                // The session is a type of the application, and the store may be its code.
                current = connection is not null ? CurrentOf(connection)
                    : request.User is { } user ? await endpoint.Sessions.GetAsync(user, call.Cancellation) : null;
                if (current is not null)
                    session.TrySet(current, session.Epoch);
                await call.RunAsync(witness);
            }
            finally
            {
                Interlocked.Decrement(ref _running); // here, because a permission may run on after its deadline
            }
        });
        try
        {
            await endpoint.Background.WaitAsync(work, Work, settings.Function.Timeout, clock);
        }
        catch (TimeoutException) when (!work.IsCompleted)
        {
            error = new RequestTimeoutError("The permissions did not answer within pikku.function.timeout.");
            call.Cancel();
        }
        catch (Exception e)
        {
            error = e;
        }

        var info = error is null ? default : errors.For(error);
        var (verdict, gates) = witness.End(error, info);
        return new Explanation(
            verdict, error is null ? null : info.Name, endpoint.Definition.Name, topic is null ? action.Name ?? action.Label : null, topic?.Name,
            request.User ?? current?.UserId, connection?.Id, reporter.Node, current is null ? SessionSource.None : connection is null ? SessionSource.Stored : SessionSource.Live,
            PlaceOf(endpoint), [.. action.Middleware.Select(middleware => middleware.Name)], gates);
    }

    private static IPikkuSession? CurrentOf(Connection connection)
    {
        using (connection.Ambient.Enter())
            return connection.Session.Current;
    }

    private static PermissionData GivenOf(ExplainRequest request, Connection? connection, TopicCall? topic) =>
        (request.Data is not null || topic is not null ? PermissionData.Message : PermissionData.None)
        | (topic is not null ? PermissionData.Key : PermissionData.None)
        | (connection is not null ? PermissionData.Opening | PermissionData.Principal : PermissionData.None);

    private static byte[] DataOf(ExplainRequest request, BoundAction action)
    {
        if (request.Data is not { } data)
            return [];
        try
        {
            using var json = JsonDocument.Parse(data);
            return Encoding.UTF8.GetBytes(
                action.Mode == InputMode.RawText && json.RootElement.ValueKind == JsonValueKind.String ? json.RootElement.GetString()! : data);
        }
        catch (JsonException e)
        {
            throw new UnprocessableContentError("data", $"is not JSON: {e.Message}");
        }
    }

    private ChannelEndpoint EndpointOf(string channel) => endpoints().FirstOrDefault(endpoint => endpoint.Definition.Name == channel)
        ?? throw new NotFoundError($"There is no channel '{channel}'. The channels are: {string.Join(", ", endpoints().Select(endpoint => endpoint.Definition.Name))}.");

    private string? PlaceOf(ChannelEndpoint endpoint) =>
        wiring.Channels.FirstOrDefault(channel => channel.Name == endpoint.Definition.Name)?.Place is { Length: > 0 } place ? place : null;

    private static (BoundAction Action, TopicCall? Topic) Resolve(ChannelEndpoint endpoint, ExplainRequest request)
    {
        var channel = endpoint.Definition;
        if (request.Topic is { } name)
        {
            var valid = SubscriptionName.Validate(name, endpoint);
            return channel.Subscriptions is { } routes && routes.TryFind(valid, out var topic, out var values)
                ? (topic.Action, new ExplainedTopic(valid, values))
                : throw new NotFoundError($"The channel '{channel.Name}' has no topic '{name}' that clients may subscribe to.");
        }

        var wanted = request.Action!;
        var matches = channel.Actions.Where(action => action.Name == wanted || $"{action.RoutingKey}:{action.Name}" == wanted).ToArray();
        var found = matches.Length > 1
            ? throw new NotFoundError($"The channel '{channel.Name}' has several actions '{wanted}'. Name one of them: {string.Join(", ", matches.Select(action => $"{action.RoutingKey}:{action.Name}"))}.")
            : matches.FirstOrDefault() ?? Array.Find([channel.OnMessage, channel.OnBinaryMessage, channel.OnConnect], handler => handler?.Label == wanted);
        return (found ?? throw new NotFoundError(
            $"The channel '{channel.Name}' has no action '{wanted}'. Its actions are: {string.Join(", ", channel.Actions.Select(action => $"{action.RoutingKey}:{action.Name}"))}."), null);
    }
}
