using System.Text;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>The presence of the connections of this node: each change is an event of the presence topic. Thread-safe.</summary>
internal sealed class LocalPresence(ActorEventHub hub, LimitSettings limits)
{
    /// <exception cref="EventHubException">The name is not valid, or the connection has joined too many topics.</exception>
    public ValueTask JoinAsync(string topic, string channelId, string info) =>
        hub.Entries.SetAsync(topic, channelId, Encoding.UTF8.GetBytes(info), channelId, isState: false, limits.SubscriptionsPerConnection);

    public ValueTask LeaveAsync(string topic, string channelId) => hub.Entries.RemoveAsync(topic, channelId, channelId);
}
