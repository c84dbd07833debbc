using Akka.Actor;

namespace Pikku.Akka.Channels;

/// <summary>The parent of the channels' actors.</summary>
internal sealed class ChannelsActor : UntypedActor
{
    public const string Name = "channels";

    public ChannelsActor(IReadOnlyList<ChannelEndpoint> channels)
    {
        foreach (var channel in channels)
            Context.ActorOf(ChannelActor.Props(channel).WithDispatcher(Context.Dispatcher.Id), Functions.FunctionsActor.ActorNameOf(channel.Definition.Name));
    }

    public static Props Props(IReadOnlyList<ChannelEndpoint> channels) => global::Akka.Actor.Props.Create(() => new ChannelsActor(channels));

    // If the actor of a channel cannot be created, its messages would never be answered. The failure is escalated so that the node stops with an error.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(error => error is ActorInitializationException ? Directive.Escalate : Directive.Restart);

    protected override void OnReceive(object message) => Unhandled(message);
}
