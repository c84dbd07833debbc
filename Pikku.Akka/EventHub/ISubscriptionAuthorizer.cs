namespace Pikku.Akka.EventHub;

/// <summary>Asks the permissions of subscriptions again. A port, because the connections belong to a higher floor.</summary>
internal interface ISubscriptionAuthorizer
{
    /// <summary>Asks the permissions of the subscriptions to a topic on all nodes, and completes when those that are denied have ended.</summary>
    /// <param name="topic">The name of the topic, or the template of a family.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">A node did not answer in time; the call has taken effect on the others.</exception>
    ValueTask ReauthorizeAsync(string topic, CancellationToken cancellationToken);
}
