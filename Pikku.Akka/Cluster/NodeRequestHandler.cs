using System.Text.Json;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;

namespace Pikku.Akka.Cluster;

/// <summary>Carries out the requests and messages of other nodes on this node. It uses no actors. Thread-safe.</summary>
internal sealed class NodeRequestHandler(
    ConnectionDirectory directory, ActorEventHub hub, LocalPresence presence, NodeReporter reporter, Authorizations authorizations, IUserInspection inspection, INodeInspector inspector,
    DrainState drain, AccessReviews reviews, PikkuLog log)
{
    /// <summary>
    /// Sends a message to a connection. A failure is logged and not thrown, because all nodes share the actor that calls this method. The sender does not
    /// know the channel of the connection, so only this node can notice that the channel does not declare the message.
    /// </summary>
    public void Deliver(HubEvent message)
    {
        try
        {
            if (directory.Find(message.Topic) is not { } connection)
                return;
            if (connection.Accepts(message))
                connection.Deliver(message);
            else
                connection.Endpoint.LogUndeclared(connection);
        }
        catch (Exception e)
        {
            log.NotDelivered(message.Topic, e);
        }
    }

    /// <summary>Closes a connection. A failure is logged, as in <see cref="Deliver"/>.</summary>
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

    /// <summary>Ends the sessions of a user on this node.</summary>
    public void EndSessions(string userId, bool close)
    {
        foreach (var channel in directory.OfUser(userId))
        {
            channel.Session.ClearOf(userId);
            if (close)
                channel.Close(CloseCode.PolicyViolation, "session revoked");
        }

        _ = reviews.RunAsync(userId); // never fails; the end of the sessions does not wait for it
    }

    /// <summary>Carries out a request of another node.</summary>
    /// <returns>The answer, without the id of the request.</returns>
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

    private async Task EndSubscriptionsAsync(string userId, Topic<NoData> topic)
    {
        foreach (var channel in directory.OfUser(userId))
            await hub.UnsubscribeAsync(topic, channel.Id);
    }

    private async Task<IReadOnlyList<UserChannel>> ChannelsOfAsync(string userId)
    {
        var channels = directory.OfUser(userId).Where(channel => channel.IsOpen).ToList();
        if (channels.Count == 0)
            return [];
        var topics = await hub.TopicsOfAsync([.. channels.Select(channel => channel.Id)]);
        return [.. channels.Select(channel => new UserChannel(channel.Name, channel.Id, reporter.Node, [.. topics[channel.Id]]))];
    }

    private async ValueTask<string> RunAsync(NodeMessage message)
    {
        switch (message)
        {
            // The request carries no type, so it is compatible with every type of the topic.
            case NodeMessage.ChangeSubscription { Subscribe: true } change:
                await hub.SubscribeAsync(new Topic<JsonElement>(change.Topic), change.ChannelId);
                return "";
            case NodeMessage.ChangeSubscription change:
                await hub.UnsubscribeAsync(new Topic<JsonElement>(change.Topic), change.ChannelId);
                return "";
            case NodeMessage.ChangePresence { About: { } about } change:
                await presence.JoinAsync(change.Topic, change.ChannelId, about);
                return "";
            case NodeMessage.ChangePresence change:
                await presence.LeaveAsync(change.Topic, change.ChannelId);
                return "";
            case NodeMessage.EndSessions end:
                EndSessions(end.UserId, end.Close);
                return "";
            case NodeMessage.Disconnect disconnect:
                foreach (var channel in directory.OfUser(disconnect.UserId))
                    if (disconnect.Channel is null || channel.Name == disconnect.Channel)
                        channel.Close(CloseCode.PolicyViolation, disconnect.Reason);
                return "";
            case NodeMessage.GetChannels get:
                return JsonSerializer.Serialize(await ChannelsOfAsync(get.UserId), NodeReport.Json);
            case NodeMessage.Refresh refresh:
                await Task.WhenAll(authorizations.RefreshAsync(refresh.UserId), reviews.RunAsync(refresh.UserId));
                return "";
            case NodeMessage.Reauthorize reauthorize:
                await authorizations.ReauthorizeAsync(reauthorize.Topic);
                return "";
            case NodeMessage.EndSubscriptions end:
                await EndSubscriptionsAsync(end.UserId, new Topic<NoData>(end.Topic));
                return "";
            case NodeMessage.Inspect inspect:
                return await inspector.AnswerAsync(inspect.Question);
            case NodeMessage.DrainNode:
                drain.Request();
                return "";
            case NodeMessage.GetReport:
                return JsonSerializer.Serialize(reporter.Report(), NodeReport.Json);
            case NodeMessage.Explain explain:
                return await inspection.ExplainAsync(explain.Question);
            case NodeMessage.ReadTrace read:
                return inspection.ReadTrace(read.UserId, read.Cursors);
            case NodeMessage.Record record:
                return inspection.Record(record.Command);
            default:
                throw new NotSupportedException($"This node does not support the request {message.GetType().Name}. Run the same version on all nodes.");
        }
    }
}
