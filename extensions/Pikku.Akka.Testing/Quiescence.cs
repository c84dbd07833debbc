using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.EventHub;
using Pikku.Akka.Hosting;
using Pikku.Akka.Replication;

namespace Pikku.Akka.Testing;

/// <summary>
/// Waits until a node has handled what it has received. One round asks every actor that a message can wait in for an answer, which comes behind the messages before it, and
/// looks at what is not an actor: running functions, outboxes and links. The node is quiet when two rounds in a row find nothing and no byte moved in between.
/// </summary>
internal sealed class Quiescence(IServiceProvider services, MemoryNetwork network, TimeSpan patience)
{
    // An end that does not read, such as a WebSocket that a test only writes to, makes no progress. After this time without any it is no longer waited for.
    private static readonly TimeSpan s_stuckAfter = TimeSpan.FromMilliseconds(100);

    // A function that runs may be about to wait for a time, which must not pass before. Nothing shows when it waits, so it gets this time once.
    private static readonly TimeSpan s_functionTime = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(1);

    private readonly ConnectionDirectory _directory = services.GetRequiredService<ConnectionDirectory>();
    private readonly HashSet<(string Connection, long Since)> _waiting = [];
    private readonly ActorSystem _system = services.GetRequiredService<ActorSystem>();

    /// <summary>Waits until the node is quiet.</summary>
    /// <param name="ticked">Actors that have just received a tick.</param>
    /// <param name="whileFunctionsRun">True to return although functions wait.</param>
    /// <exception cref="PikkuExpectationException">A function still runs when the patience of the test ends.</exception>
    public async Task WaitAsync(IReadOnlyCollection<IActorRef> ticked, bool whileFunctionsRun)
    {
        var (started, moved) = (TimeProvider.System.GetTimestamp(), TimeProvider.System.GetTimestamp());
        var (before, quiet) = (-1L, 0);
        while (quiet < 2)
        {
            foreach (var actor in ticked)
                await AskAsync(actor);
            await AskActorsAsync();
            var all = network.Links;
            var now = all.Sum(link => link.Bytes);
            if (now != before)
                (before, quiet, moved) = (now, 0, TimeProvider.System.GetTimestamp());
            var links = all.Where(link => !link.IsQuiet).ToArray();
            var busy = _directory.All.FirstOrDefault(connection => IsBusy(connection, whileFunctionsRun));
            if (busy is not null && whileFunctionsRun && TimeProvider.System.GetElapsedTime(moved) > s_functionTime)
            {
                AssumeThatFunctionsWait();
                busy = null;
            }

            if (links.Length == 0 && busy is null && AreWritten(all))
            {
                quiet++;
                continue;
            }

            quiet = 0;
            if (busy is null && TimeProvider.System.GetElapsedTime(moved) > s_stuckAfter)
            {
                foreach (var link in links)
                    link.MarkStuck();
                if (links.Length == 0)
                    return; // an outbox that can't be written because of such a link
            }

            if (busy is not null && TimeProvider.System.GetElapsedTime(started) > patience)
                throw new PikkuExpectationException(
                    $"The host does not become idle within {patience}: a function of channel '{busy.Name}' still runs for connection {busy.Id}. If it waits for virtual time, "
                    + "call AdvanceAsync; if it waits for the test, let it continue first.");
            await Task.Delay(s_pause);
        }
    }

    private bool IsBusy(Connection connection, bool whileFunctionsRun)
    {
        if (connection.Activity.BusySince is var since && since == 0)
            return false;
        lock (_waiting)
            return !(whileFunctionsRun && _waiting.Contains((connection.Id, since)));
    }

    private void AssumeThatFunctionsWait()
    {
        lock (_waiting)
        {
            _waiting.Clear();
            foreach (var connection in _directory.All)
                if (connection.Activity.BusySince is var since and not 0)
                    _waiting.Add((connection.Id, since));
        }
    }

    // A client that does not read never empties its outbox.
    private bool AreWritten(IReadOnlyList<PikkuTestLink> links) =>
        _directory.All.Count(connection => !connection.Outbox.IsIdle && !connection.Closed.IsCancellationRequested) <= links.Count(link => !link.Reads);

    private async Task AskActorsAsync()
    {
        if (_system.WhenTerminated.IsCompleted || !_directory.Parent.IsCompletedSuccessfully)
            return;
        for (var lane = 0; lane < Lanes.Count; lane++)
            await AskAsync(_system.ActorSelection($"/user/{PikkuActor.Name}/{EventHubActor.Name}/{EventHubActor.LaneName(lane)}"));
        await AskAsync(await _directory.Parent);
        // The mailbox of a connection that has ended never answers.
        foreach (var connection in _directory.All)
        {
            using var inbox = Inbox.Create(_system);
            connection.Mailbox.Tell(new Identify(null), inbox.Receiver);
            await Task.WhenAny(inbox.ReceiveAsync(patience), Task.Delay(Timeout.Infinite, connection.Closed));
        }
    }

    private async Task AskAsync(ICanTell actor)
    {
        try
        {
            await actor.Ask<ActorIdentity>(new Identify(null), patience);
        }
        catch (AskTimeoutException)
        {
            // The actor has stopped.
        }
    }
}
