using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.SignalR;

namespace Pikku.Akka.Benchmarks.Peers.SignalR;

/// <summary>A SignalR hub as in its documentation.</summary>
internal sealed class BenchHub : Hub
{
    [SuppressMessage("Performance", "CA1822", Justification = "SignalR calls instance methods only.")]
    public string Echo(string text) => text;

    public Task Subscribe(string topic) => Groups.AddToGroupAsync(Context.ConnectionId, topic);

    public Task Publish(string topic, string data) => Clients.Group(topic).SendAsync("event", topic, data);
}
