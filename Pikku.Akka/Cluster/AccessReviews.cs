namespace Pikku.Akka.Cluster;

/// <summary>
/// What packages such as the console do on this node when the rights of a user may have changed: the application has called <see cref="IPikkuUsers.RefreshAsync"/>, or the sessions of the
/// user have ended. Their connections have no session of the application, so the directory does not find them by their user. Not thread-safe while reviews are added: routes are mapped by
/// one thread before the start.
/// </summary>
internal sealed class AccessReviews
{
    private readonly List<Func<string, Task>> _reviews = [];

    /// <summary>Adds a review.</summary>
    /// <param name="review">Gets the user. Its task completes when the rights of the user have been asked again, and never fails.</param>
    public void Add(Func<string, Task> review) => _reviews.Add(review);

    /// <summary>Carries out all reviews. The task never fails.</summary>
    public Task RunAsync(string userId) => _reviews.Count == 0 ? Task.CompletedTask : Task.WhenAll(_reviews.Select(review => review(userId)));
}
