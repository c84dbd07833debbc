using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.Channels;

/// <summary>The span of a call of a client function.</summary>
internal static class ClientCallSpan
{
    /// <summary>Runs a call in its span.</summary>
    /// <param name="channel">The name of the channel; null for a call to a user.</param>
    /// <param name="function">The name of the function; null is refused by the call.</param>
    /// <param name="call">The call.</param>
    public static async ValueTask<T> RunAsync<T>(string? channel, string? function, Func<ValueTask<T>> call)
    {
        var method = function ?? "";
        var name = channel is null ? method : SpanNames.OfMethod(channel, method);
        var span = PikkuActivities.StartCall(name, name, channel);
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The client chooses the name of its error, so it is not used as the type.
            PikkuActivities.Fail(span, e, (e as ClientCallException)?.Reason.ToString());
            throw;
        }
        finally
        {
            PikkuActivities.Stop(span);
        }
    }
}
