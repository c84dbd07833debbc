using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Api;
using Pikku.Akka.Inspection;
using Pikku.Akka.Settings;

namespace Pikku.Akka.OperatorConsole;

/// <summary>The actions of the console. The services are resolved when they are first used, because routes are mapped before the node exists. Thread-safe.</summary>
internal sealed class ConsoleActions(IServiceProvider services, OpenConsoles consoles)
{
    private const int MaxPayload = 16 * 1024; // bytes of a followed event that are shown; more is of no use to a person

    private readonly Lazy<ClusterInspector> _cluster = new(services.GetRequiredService<ClusterInspector>);
    private readonly Lazy<ApiTopics> _topics = new(() => ActivatorUtilities.CreateInstance<ApiTopics>(services));
    private readonly Lazy<ConsoleContract> _contract = new(() => new ConsoleContract(services.GetRequiredService<PikkuBuilder>()));
    private readonly Lazy<ILogger> _log = new(() => services.GetRequiredService<ILoggerFactory>().CreateLogger(ConsoleLog.Category));

    private ConsoleSettings Settings => services.GetSettings().Console;

    private TimeProvider Clock => services.GetRequiredService<TimeProvider>();

    /// <summary>True when the operator may see something, by a recent answer of the policy.</summary>
    public ValueTask<bool> MaySeeAsync(IPikkuChannel channel) => consoles.Of(channel).MaySeeAsync();

    /// <summary>True when the operator may do something, by an answer of the policy from now.</summary>
    public ValueTask<bool> MayActAsync(IPikkuChannel channel) => consoles.Of(channel).MayActAsync();

    public async IAsyncEnumerable<ClusterUpdate> WatchAsync(IPikkuChannel channel, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var picture in WhileMaySeeAsync(_cluster.Value.WatchAsync(cancellationToken), channel))
            yield return ClusterSummary.Of(picture, Settings.MaxRows);
    }

    public ConsoleFacts Facts() => new(_contract.Value.Topics, Settings.TailPayloads, Settings.RefreshInterval.TotalMilliseconds);

    public async Task<FoundConnections> FindConnectionsAsync(FindConnections search)
    {
        var limit = Settings.MaxRows;
        var answers = await _cluster.Value.AskAsync<ConnectionPage>(new Question(QuestionKind.Connections, search.Search, search.By, search.After, limit + 1));
        var rows = answers.SelectMany(answer => answer.Value?.Rows ?? []).OrderBy(row => row.Id, StringComparer.Ordinal).Take(limit + 1).ToList();
        var hasMore = rows.Count > limit;
        if (hasMore)
            rows.RemoveAt(limit);
        return new FoundConnections(rows, answers.Sum(answer => answer.Value?.Total ?? 0), hasMore ? rows[^1].Id : null, Missing(answers));
    }

    public async Task<FoundConnection> FindConnectionAsync(ConnectionId connection)
    {
        var answers = await _cluster.Value.AskAsync<ConnectionDetail>(new Question(QuestionKind.Connection, Id: connection.Id));
        return new FoundConnection(answers.Select(answer => answer.Value).FirstOrDefault(detail => detail is not null), Missing(answers));
    }

    public async Task<FoundTopics> FindTopicsAsync(FindTopics search)
    {
        var answers = await _cluster.Value.AskAsync<TopicPage>(new Question(QuestionKind.Topics, search.Search, Limit: Settings.MaxRows));
        return ClusterSummary.Of(answers, Settings.MaxRows, (long)Clock.GetElapsedTime(0).TotalMilliseconds, Missing(answers));
    }

    public TopicSchema SchemaOf(TopicId topic) => new(_contract.Value.SchemaOf(topic.Topic));

    /// <summary>Follows a topic, until the console goes away or for <c>pikku.console.tail-duration</c>.</summary>
    public async IAsyncEnumerable<TailBatch> TailAsync(TopicId topic, IPikkuChannel channel, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var settings = Settings;
        Acted(channel, "tail", topic.Topic);
        using var duration = new CancellationTokenSource(settings.TailDuration, Clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, duration.Token);
        await using var events = new TopicTail(await services.GetRequiredService<IEventHub>().SubscribeAsync(new Topic<JsonElement>(topic.Topic), end.Token), settings.TailEvents, Event);
        var access = consoles.Of(channel);
        yield return new TailBatch([], 0); // the topic is followed from now on
        using var timer = new PeriodicTimer(settings.RefreshInterval, Clock);
        while (await WaitAsync(timer, end.Token))
        {
            if (!await access.MaySeeAsync())
                yield break;
            if (events.Take() is { } batch)
                yield return batch;
            if (events.IsOver)
                yield break;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    public async Task PublishAsync(PublishEvent published, IPikkuChannel channel)
    {
        Acted(channel, "publish", published.Topic);
        await ExplainAsync(() => _topics.Value.PublishAsync(new PublishRequest(published.Topic, published.Data)));
    }

    public async Task CloseAsync(ConnectionId connection, IPikkuChannel channel)
    {
        Acted(channel, "close", connection.Id);
        await ExplainAsync(() => services.GetRequiredService<IPikkuChannels>().CloseAsync(connection.Id, CloseCode.PolicyViolation, "closed by an operator").AsTask());
    }

    public async Task KickAsync(KickFrom kick, IPikkuChannel channel, CancellationToken cancellationToken)
    {
        var topic = new Topic<JsonElement>(kick.Topic);
        switch (kick)
        {
            case { Id: { Length: > 0 } id }:
                Acted(channel, "kick", id);
                await ExplainAsync(() => services.GetRequiredService<IEventHub>().UnsubscribeAsync(topic, id).AsTask());
                break;
            case { User: { Length: > 0 } user }:
                Acted(channel, "kick", "a user");
                await ExplainAsync(() => services.GetRequiredService<IPikkuUsers>().UnsubscribeAsync(user, topic, cancellationToken).AsTask());
                break;
            default:
                throw new UnprocessableContentError("id", "or user is required");
        }
    }

    // Log files are read by more people than the console, so they do not name the user.
    public async Task RefreshAsync(UserRef user, IPikkuChannel channel, CancellationToken cancellationToken)
    {
        Acted(channel, "refresh", "a user");
        await ExplainAsync(() => services.GetRequiredService<IPikkuUsers>().RefreshAsync(user.User, cancellationToken).AsTask());
    }

    public async Task RevokeAsync(UserRef user, IPikkuChannel channel, CancellationToken cancellationToken)
    {
        Acted(channel, "revoke", "a user");
        await ExplainAsync(() => services.GetRequiredService<IPikkuUsers>().RevokeAsync(user.User, cancellationToken).AsTask());
    }

    public async Task DrainAsync(NodeRef node, IPikkuChannel channel)
    {
        Acted(channel, "drain", node.Node);
        if (!await _cluster.Value.DrainAsync(node.Node))
            throw OperatorError.NotFound($"There is no node {node.Node}, or it did not answer in time.");
    }

    /// <summary>Explains which gate lets a user through or refuses the user, without running the function.</summary>
    public Task<Explanation> ExplainDecisionAsync(ExplainQuestion question, IPikkuChannel channel, CancellationToken cancellationToken) => ExplainAsync(() =>
        services.GetRequiredService<Explainer>().ExplainAsync(
            new ExplainRequest(question.Channel, question.User, question.Connection, question.Action, question.Topic, question.Data), OperatorOf(channel), cancellationToken));

    /// <summary>The messages of a user on all nodes, live and without payloads.</summary>
    public IAsyncEnumerable<TraceEntry> TraceAsync(UserRef user, IPikkuChannel channel, CancellationToken cancellationToken) =>
        WhileMaySeeAsync(services.GetRequiredService<UserTracer>().TraceAsync(user.User, OperatorOf(channel), cancellationToken: cancellationToken), channel);

    public Task<RecordingState> RecordAsync(RecordTarget target, IPikkuChannel channel, CancellationToken cancellationToken) => ExplainAsync(() =>
        services.GetRequiredService<Recorder>().StartAsync(target.User, target.Connection, null, OperatorOf(channel), cancellationToken));

    public Task<RecordedFile> StopRecordingAsync(RecordingId recording, IPikkuChannel channel) => ExplainAsync(async () =>
        new RecordedFile(await services.GetRequiredService<Recorder>().StopAsync(recording.Id, OperatorOf(channel))));

    private static IReadOnlyList<string> Missing<T>(IReadOnlyList<NodeAnswer<T>> answers) => [.. answers.Where(answer => !answer.HasAnswered).Select(answer => answer.Node.Name)];

    private static async ValueTask<bool> WaitAsync(PeriodicTimer timer, CancellationToken end)
    {
        try
        {
            return await timer.WaitForNextTickAsync(end);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task ExplainAsync(Func<Task> call) => await ExplainAsync(async () =>
    {
        await call();
        return true;
    });

    // Operators see why the hub refuses something; clients of the application don't.
    private static async Task<T> ExplainAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (OperatorError.Of(e) is { } error)
        {
            throw error;
        }
    }

    // An update that comes after the operator has lost the right is not shown. The connection closes then.
    private async IAsyncEnumerable<T> WhileMaySeeAsync<T>(IAsyncEnumerable<T> items, IPikkuChannel channel)
    {
        var access = consoles.Of(channel);
        await foreach (var item in items)
        {
            if (!await access.MaySeeAsync())
                yield break;
            yield return item;
        }
    }

    private string OperatorOf(IPikkuChannel channel) => consoles.Of(channel).OperatorName;

    private void Acted(IPikkuChannel channel, string action, string target) => ConsoleLog.Acted(_log.Value, OperatorOf(channel), channel.Id, action, target);

    private TailEvent Event(JsonElement data)
    {
        var size = Encoding.UTF8.GetByteCount(data.GetRawText());
        return new TailEvent(Clock.GetUtcNow(), size, Settings.TailPayloads && size <= MaxPayload ? data : null);
    }
}
