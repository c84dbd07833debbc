using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Functions;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Tests.Support;

/// <summary>The root of a <see cref="TestNode"/>'s actors.</summary>
internal sealed class TestRoot : UntypedActor
{
    private readonly TaskCompletionSource _started;

    public TestRoot(IReadOnlyList<ChannelEndpoint> channels, FunctionSettings settings, TaskCompletionSource started)
    {
        _started = started;
        var actions = channels.SelectMany(c => c.Definition.CallableActions).ToArray();
        // It answers when every action knows its actor.
        Context.ActorOf(FunctionsActor.Props(actions, settings, _ => null), FunctionsActor.Name).Tell(new Identify(null));
        Context.ActorOf(ChannelsActor.Props(channels), ChannelsActor.Name);
    }

    protected override void OnReceive(object message)
    {
        if (message is ActorIdentity)
            _started.TrySetResult();
        else
            Unhandled(message);
    }
}
