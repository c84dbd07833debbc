using Pikku.Akka.Cluster;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;

namespace Pikku.Akka.Inspection;

/// <summary>Explains why a user may or may not call an action or subscribe to a topic, on whatever node the user is connected. For operators.</summary>
internal sealed class Explainer(LocalExplainer here, ClusterClient client, HubClient hub, PikkuLog log)
{
    /// <summary>
    /// Asks the gates one by one, as for a message, with the session of now, and runs neither middleware nor function. Without a connection to the channel the gates are
    /// asked on this node with the stored session.
    /// </summary>
    /// <param name="request">What to explain.</param>
    /// <param name="operatorName">Who asks, for the log.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="PikkuException">The request names what does not exist, or asks too much at once.</exception>
    /// <exception cref="EventHubException">The node of the connection did not answer.</exception>
    public async Task<Explanation> ExplainAsync(ExplainRequest request, string operatorName, CancellationToken cancellationToken = default)
    {
        Require(request);
        here.Check(request);
        await hub.StartedAsync(cancellationToken); // before the start no other node is known
        var explanation = await FindAsync(request) ?? (request.Connection is { } id
            ? throw new NotFoundError($"There is no connection '{id}'.")
            : await here.ExplainStoredAsync(request));
        log.Explained(operatorName, explanation.User ?? "nobody", explanation.Channel, explanation.Topic ?? explanation.Action ?? "", explanation.Verdict);
        return explanation;
    }

    private async Task<Explanation?> FindAsync(ExplainRequest request)
    {
        var question = new NodeMessage.Explain(InspectionJson.Write(request));
        if (request.Connection is { } id && client.IsElsewhere(id))
            return Read(await client.RequestAsync(id, question));
        var own = await here.ExplainAsync(request);
        if (own is not null || request.Connection is not null)
            return own;
        // A node that is frozen must not keep the others from answering.
        var (answers, _) = await client.RequestAllAsync(question, NodeWait.Responsive);
        if (answers.FirstOrDefault(answer => answer is { Error: null, Text.Length: > 0 }) is { } found)
            return Read(found);
        return answers.FirstOrDefault(answer => answer.Error is not null) is { Error: { } reason, Text: var text } ? throw new EventHubException(reason, text) : null;
    }

    private static Explanation? Read(NodeMessage.Answer? answer) => answer is { Text.Length: > 0 } ? InspectionJson.Read<Explanation>(answer.Text) : null;

    private static void Require(ExplainRequest request)
    {
        if (string.IsNullOrEmpty(request.Channel))
            throw new UnprocessableContentError("channel", "is required");
        if (string.IsNullOrEmpty(request.User) == string.IsNullOrEmpty(request.Connection))
            throw new UnprocessableContentError("user", "or connection is required, and not both");
        if (string.IsNullOrEmpty(request.Action) == string.IsNullOrEmpty(request.Topic))
            throw new UnprocessableContentError("action", "or topic is required, and not both");
    }
}
