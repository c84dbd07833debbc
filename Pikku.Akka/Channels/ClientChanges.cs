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
        catch (EventHubException e) when (e.Reason == EventHubErrorReason.TooManySubscriptions)
        {
            throw new TooManyRequestsError(e.Message, e);
        }
        catch (EventHubException e) when (e.Reason == EventHubErrorReason.Unavailable)
        {
            throw new ServiceUnavailableError(e.Message, e);
        }
    }
}
