using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Channels;
using Pikku.Akka.EventStreams;

namespace Pikku.Akka.Hosting;

/// <summary>Maps the event streams of channels.</summary>
internal sealed class EventStreamEndpoints(IServiceProvider services)
{
    // Resolved at the first request and not before: resolving it starts the actor system, and commands map routes as well without starting anything.
    private readonly Lazy<EventStreamHandler> _handler = new(services.GetRequiredService<EventStreamHandler>);

    /// <summary>Maps the streams of a channel. All methods are mapped, so that the refusal of a method has a problem body.</summary>
    /// <param name="endpoints">The endpoints of the channels.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="endpoint">Its runtime, once the node has started.</param>
    public IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, CompiledChannel channel, Func<ChannelEndpoint> endpoint) => endpoints
        .Map(CompiledChannel.EventStreamRouteOf(channel.Route), (RequestDelegate)(context => _handler.Value.HandleAsync(context, endpoint())))
        .WithMetadata(new EventStreamRouteMetadata(channel.Name))
        .WithDisplayName($"event streams of channel {channel.Name}");
}
