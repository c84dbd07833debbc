using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;

namespace Pikku.Akka.Cluster;

/// <summary>Carries out a request on this node and on all other nodes.</summary>
internal sealed class EveryNode(NodeRequestHandler requests, ClusterClient client, HubClient hub, BackgroundTasks background) : ISubscriptionAuthorizer
{
    public async ValueTask ReauthorizeAsync(string topic, CancellationToken cancellationToken) =>
        await RunAsync(new NodeMessage.Reauthorize(topic), cancellationToken);

    /// <summary>Sends a request to all nodes, and completes when all of them have carried it out.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answers of the nodes, that of this node first.</returns>
    /// <exception cref="TimeoutException">A node did not answer in time, or failed; the request has taken effect on the others.</exception>
    public async ValueTask<IReadOnlyList<string>> RunAsync(NodeMessage request, CancellationToken cancellationToken)
    {
        await hub.StartedAsync(cancellationToken); // before the start no other node is known, so the request would reach none
        var all = await background.WaitAsync(CarryOutAsync(request), "A request to all nodes", cancellationToken);
        return all.Problem is { } problem
            ? throw new TimeoutException($"{problem} The call has taken effect on the other nodes.")
            : [.. all.Answers.Select(answer => answer.Text)];
    }

    // It is carried out also when the caller does not wait for it any more.
    private async Task<NodeAnswers> CarryOutAsync(NodeMessage request)
    {
        var others = client.RequestAllAsync(request, NodeWait.All);
        // On the thread pool, because it may run code of the application.
        var here = Task.Run(() => requests.HandleAsync(request));
        await Task.WhenAll(others, here);
        var (answers, missing) = await others;
        return new NodeAnswers([await here, .. answers], missing);
    }
}
