using Akka.Configuration;
using Akka.Dispatch;

namespace Pikku.Akka.Dispatch;

/// <summary>What the dispatcher <c>akka.actor.pikku-dispatcher</c> names as its executor; Akka makes it by reflection.</summary>
internal sealed class CascadeExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    /// <summary>The dispatcher of everything that a message passes.</summary>
    public const string Dispatcher = "akka.actor.pikku-dispatcher";

    public override ExecutorService Produce(string id) => new CascadeExecutor(id);
}
