using System.Runtime.CompilerServices;
using Pikku.Akka.Cluster;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Inspection;

/// <summary>
/// Traces the messages of a user on all nodes, for operators. This node collects them in turns. Each turn is a question to all nodes, which also keeps the trace on, so that
/// nodes that join later trace the user too, and all of them stop by themselves when nobody asks any more.
/// </summary>
internal sealed class UserTracer(WatchList here, ClusterClient client, HubClient hub, PikkuSettings settings, PikkuLog log, TimeProvider clock)
{
    /// <summary>
    /// The messages of a user, live. The first entry is a note that the trace is on; the last one is a note that its time is over. Within one turn the entries are in the
    /// order of their times.
    /// </summary>
    /// <param name="userId">The user.</param>
    /// <param name="operatorName">Who asks, for the log.</param>
    /// <param name="duration">For how long; null for <c>pikku.watch.duration</c>, which is also the maximum.</param>
    /// <param name="cancellationToken">Ends the trace.</param>
    /// <exception cref="TooManyRequestsError">This node traces as many users as it may.</exception>
    public async IAsyncEnumerable<TraceEntry> TraceAsync(
        string userId, string operatorName, TimeSpan? duration = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(userId);
        await hub.StartedAsync(cancellationToken); // before the start no other node is known
        var limit = duration is { } asked && asked < settings.Watch.Duration ? asked : settings.Watch.Duration;
        var (cursors, began) = (new Dictionary<string, long>(StringComparer.Ordinal), clock.GetTimestamp());
        var problems = new HashSet<string>(StringComparer.Ordinal);
        var turn = await CollectAsync(userId, cursors); // throws before the log says that the trace is on
        log.TraceStarted(operatorName, userId, limit);
        try
        {
            yield return Note(turn.Answers[0].Node, $"tracing {userId} on {string.Join(", ", turn.Answers.Select(answer => answer.Node))}");
            while (true)
            {
                foreach (var answer in turn.Answers.Where(answer => answer.Dropped > 0))
                    yield return Note(answer.Node, $"{answer.Dropped} messages were dropped, because they came faster than they were collected");
                foreach (var problem in turn.Problems.Where(problems.Add))
                    yield return Note(turn.Answers[0].Node, problem);
                problems.IntersectWith(turn.Problems);
                foreach (var entry in turn.Answers.SelectMany(answer => answer.Entries).OrderBy(entry => entry.At))
                    yield return entry;
                if (clock.GetElapsedTime(began) >= limit)
                    break;
                if (!turn.Answers.Any(answer => answer.More))
                    await Task.Delay(settings.Watch.PollInterval, clock, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                turn = await CollectAsync(userId, cursors);
            }

            yield return Note(turn.Answers[0].Node, "the time of the trace is over (pikku.watch.duration)");
        }
        finally
        {
            log.TraceEnded(operatorName, userId);
        }
    }

    // This node answers first. A node that is frozen or fails must not keep the others from being shown.
    private async Task<(List<TraceAnswer> Answers, List<string> Problems)> CollectAsync(string userId, Dictionary<string, long> cursors)
    {
        var asking = client.RequestAllAsync(new NodeMessage.ReadTrace(userId, InspectionJson.Write(cursors)), NodeWait.Responsive);
        List<TraceAnswer> answers;
        try
        {
            answers = [here.ReadTrace(userId, cursors)];
        }
        catch
        {
            asking.IgnoreFailure();
            throw;
        }

        List<string> problems = [];
        try
        {
            var (others, missing) = await asking;
            foreach (var answer in others)
            {
                if (answer.Error is null)
                    answers.Add(InspectionJson.Read<TraceAnswer>(answer.Text));
                else
                    problems.Add($"a node does not trace the user: {answer.Text}");
            }

            problems.AddRange(missing.Select(node => $"{node} does not answer"));
        }
        catch (Exception e) when (e is TimeoutException or EventHubException)
        {
            problems.Add(e.Message);
        }

        foreach (var answer in answers)
            cursors[answer.Node] = answer.Next;
        return (answers, problems);
    }

    private TraceEntry Note(string node, string text) => new(clock.GetUtcNow(), node, TraceDirection.Note, null, null, text);
}
