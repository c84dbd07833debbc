using Pikku.Akka.EventHub;

namespace Pikku.Akka.Channels;

/// <summary>Carries out changes of subscriptions that messages of clients ask for, and maps the refusals of the hub to errors for clients.</summary>
internal static class ClientChanges
{
    public static async Task RunAsync(Connection connection, IClientChange change)
    {
        try
        {
            await connection.Endpoint.Hub.ChangeAsync(change).ConfigureAwait(false);
        }
        catch (EventHubException e) when (ErrorOf(e) is { } error)
        {
            throw error;
        }
    }

    /// <summary>Waits for a subscribe that its lane judges later.</summary>
    public static async Task WaitAsync(Connection connection, Task parked)
    {
        try
        {
            await parked.WaitAsync(connection.Closed).ConfigureAwait(false);
        }
        catch (EventHubException e) when (ErrorOf(e) is { } error)
        {
            throw error;
        }
    }

    private static PikkuException? ErrorOf(EventHubException e) => e.Reason switch
    {
        EventHubErrorReason.TooManySubscriptions => new TooManyRequestsError(e.Message, e),
        EventHubErrorReason.Unavailable => new ServiceUnavailableError(e.Message, e),
        _ => null,
    };
}
