using Akka.Configuration;
using Akka.Dispatch;

namespace Pikku.Akka.Dispatch;

/// <summary>The executor of the dispatcher <c>akka.actor.pikku-dispatcher</c>. Akka creates it by reflection.</summary>
internal sealed class CascadeExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    /// <summary>The dispatcher of all actors and streams that process messages.</summary>
    public const string Dispatcher = "akka.actor.pikku-dispatcher";

    public override ExecutorService Produce(string id) => new CascadeExecutor(id);
}
