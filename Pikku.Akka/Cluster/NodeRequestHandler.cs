using System.Text.Json;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;

namespace Pikku.Akka.Cluster;

/// <summary>What this node does when another one asks. Without actors; called from any thread.</summary>
internal sealed class NodeRequestHandler(ConnectionDirectory directory, ActorEventHub hub, LocalPresence presence, NodeReporter reporter, PikkuLog log)
{
    /// <summary>Sends a message to a connection. One that can't be is logged: the actor that calls this is everybody's.</summary>
    public void Deliver(HubEvent message)
    {
        try
        {
            directory.Find(message.Topic)?.Deliver(message);
        }
        catch (Exception e)
        {
            log.NotDelivered(message.Topic, e);
        }
    }

    /// <summary>Closes a connection, as <see cref="Deliver"/>.</summary>
    public void Close(string channelId, CloseCode code, string reason)
    {
        try
        {
            directory.Find(channelId)?.Close(code, reason);
        }
        catch (Exception e)
        {
            log.NotDelivered(channelId, e);
        }
    }

    /// <summary>Ends the sessions of a user here.</summary>
    public void EndSessions(string userId, bool close)
    {
        foreach (var channel in directory.OfUser(userId))
        {
            channel.Session.ClearOf(userId);
            if (close)
                channel.Close(CloseCode.PolicyViolation, "session revoked");
        }
    }

    /// <summary>Does what another node asks for.</summary>
    /// <returns>The answer, without its number.</returns>
    public async Task<NodeMessage.Answer> HandleAsync(NodeMessage message)
    {
        try
        {
            return new NodeMessage.Answer(null, await RunAsync(message));
        }
        catch (EventHubException e)
        {
            return new NodeMessage.Answer(e.Reason, e.Message);
        }
        catch (Exception e)
        {
            return new NodeMessage.Answer(EventHubErrorReason.Unavailable, e.Message);
        }
    }

    private async ValueTask<string> RunAsync(NodeMessage message)
    {
        switch (message)
        {
            case NodeMessage.ChangeSubscription { Subscribe: true } change:
                await hub.SubscribeAsync(new Topic<NoData>(change.Topic), change.ChannelId);
                return "";
            case NodeMessage.ChangeSubscription change:
                await hub.UnsubscribeAsync(new Topic<NoData>(change.Topic), change.ChannelId);
                return "";
            case NodeMessage.ChangePresence { About: { } about } change:
                presence.Join(change.Topic, change.ChannelId, about);
                return "";
            case NodeMessage.ChangePresence change:
                presence.Leave(change.Topic, change.ChannelId);
                return "";
            case NodeMessage.EndSessions end:
                EndSessions(end.UserId, end.Close);
                return "";
            case NodeMessage.GetReport:
                return JsonSerializer.Serialize(reporter.Report(), NodeReport.Json);
            default:
                throw new NotSupportedException($"This version knows no {message.GetType().Name}; update all nodes.");
        }
    }
}
