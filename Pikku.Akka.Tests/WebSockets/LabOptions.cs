using Microsoft.AspNetCore.Builder;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>What a test adds to the node of a <see cref="Lab"/>.</summary>
internal sealed record LabOptions
{
    public string Hocon { get; init; } = "";

    public string Environment { get; init; } = "Production";

    public Action<WebApplicationBuilder> Builder { get; init; } = _ => { };

    public Action<PikkuBuilder> Pikku { get; init; } = _ => { };

    /// <summary>Adds to the channel <c>/lab</c>.</summary>
    public Action<ChannelBuilder> Channel { get; init; } = _ => { };

    public Action<WebApplication> App { get; init; } = _ => { };

    public Action<IEndpointConventionBuilder> Map { get; init; } = _ => { };
}
