using System.ComponentModel.DataAnnotations;
using Pikku.Akka;

namespace RootNamespace.Placeholder.Example;

/// <summary>The channel "example-route". Clients connect to /example-route.</summary>
public static class ExampleChannel
{
    public static readonly Topic<ExampleEntry> Added = new("example-route:added");

    public static void Wire(ChannelBuilder channel)
    {
        channel.Route("/example-route");
        // Clients need a session, unless AllowAnonymous() is called for the channel, a topic or an action.
        channel.AddTopic(Added).AllowSubscribe().WithHistory(maxEvents: 100);
        channel.MapAction<AddExample>("add");
    }
}

public record NewExampleEntry([Length(1, 200)] string Text);

public record ExampleEntry(Guid Id, string Text, string? UserId);
