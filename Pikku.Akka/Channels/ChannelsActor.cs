using Akka.Actor;

namespace Pikku.Akka.Channels;

/// <summary>The parent of the channels' actors.</summary>
internal sealed class ChannelsActor : UntypedActor
{
    public const string Name = "channels";

    public ChannelsActor(IReadOnlyList<ChannelRuntime> channels)
    {
        foreach (var channel in channels)
            Context.ActorOf(ChannelActor.Props(channel).WithDispatcher(Context.Dispatcher.Id), Functions.FunctionsActor.ActorNameOf(channel.Definition.Name));
    }

    public static Props Props(IReadOnlyList<ChannelRuntime> channels) => global::Akka.Actor.Props.Create(() => new ChannelsActor(channels));

    protected override void OnReceive(object message) => Unhandled(message);
}
