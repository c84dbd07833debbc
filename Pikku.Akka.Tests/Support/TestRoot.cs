using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Functions;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Tests.Support;

/// <summary>The root of a <see cref="TestNode"/>'s actors.</summary>
internal sealed class TestRoot : UntypedActor
{
    public TestRoot(IReadOnlyList<ChannelRuntime> channels, FunctionSettings settings, TaskCompletionSource started)
    {
        try
        {
            var actions = channels.SelectMany(c => c.Definition.AllActions).ToArray();
            Context.ActorOf(FunctionsActor.Props(actions, settings), FunctionsActor.Name);
            Context.ActorOf(ChannelsActor.Props(channels), ChannelsActor.Name);
            // The functions' actors are named in the constructor of their parent, which runs after this one's.
            Context.ActorSelection(FunctionsActor.Name).Tell(new Identify(started), Self);
        }
        catch (Exception e)
        {
            started.TrySetException(e);
            throw;
        }
    }

    protected override void OnReceive(object message)
    {
        if (message is ActorIdentity { MessageId: TaskCompletionSource started })
            started.TrySetResult();
        else
            Unhandled(message);
    }
}
