using Pikku.Akka.Channels;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Connections;

/// <summary>Asks the permissions of connections of this node again (Q1), a bounded number of connections at a time.</summary>
/// <param name="directory">The connections of this node.</param>
/// <param name="settings">The bound.</param>
internal sealed class Authorizations(ConnectionDirectory directory, EventHubSettings settings) : IDisposable
{
    // Shared by all calls: many of them at once must not ask the database of the application more at a time than one.
    private readonly SemaphoreSlim _slots = new(settings.AuthorizationParallelism);

    /// <summary>Asks the permissions of the channels and of all subscriptions of a user's connections. It never fails.</summary>
    public Task RefreshAsync(string userId) => AskAsync(directory.OfUser(userId), topics: null);

    /// <summary>Asks the permissions of the subscriptions to a topic, or to the topics of a family. It never fails.</summary>
    /// <param name="topic">The name of the topic, or the template of the family.</param>
    public Task ReauthorizeAsync(string topic) =>
        AskAsync(directory.All, subscription => subscription.Name == topic || subscription.Topic.Name == topic);

    public void Dispose() => _slots.Dispose();

    private Task AskAsync(IEnumerable<Connection> connections, Func<ClientSubscription, bool>? topics) => Parallel.ForEachAsync(
        // A connection without this object has neither subscriptions nor a channel with permissions.
        connections.Select(connection => connection.Authorization).OfType<ConnectionAuthorization>(),
        new ParallelOptions { MaxDegreeOfParallelism = settings.AuthorizationParallelism },
        async (authorization, _) =>
        {
            await _slots.WaitAsync(CancellationToken.None);
            try
            {
                await authorization.RequestAsync(topics);
            }
            finally
            {
                _slots.Release();
            }
        });
}
