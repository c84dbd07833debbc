using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>Applies <c>pikku.dispatch.mode</c> to the sockets of the server.</summary>
/// <param name="settings">The settings of the node.</param>
/// <param name="sockets">The options of Kestrel's sockets.</param>
internal sealed class SocketScheduling(PikkuSettings settings, IOptions<SocketTransportOptions> sockets)
{
    /// <summary>The variable with which .NET completes operations of sockets on the threads that wait for them. It has no other switch.</summary>
    public const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private const string SpinLimit = "System.Threading.ThreadPool.UnfairSemaphoreSpinLimit"; // set by the package, see buildTransitive

    /// <summary>What the process lacks for the mode; null for nothing.</summary>
    public string? Problem => settings.Dispatch.Mode is DispatchMode.Latency && AppContext.GetData(SpinLimit) is "0" or 0
        ? "pikku.dispatch.mode = latency, but the threads of the pool sleep as soon as they have no work. Set <PikkuThreadPoolSpin>true</PikkuThreadPoolSpin> in the project of the application."
        : null;

    /// <summary>
    /// Changes the options. Called at the start of the node, before the server listens. The server exists by then and has its options, but reads them when it begins to listen. They
    /// can't be configured before: the server is created with the application, when a command that starts no node must not ask for the settings of one.
    /// </summary>
    public void Apply()
    {
        if (settings.Dispatch.Mode is DispatchMode.Balanced)
            return;
        sockets.Value.UnsafePreferInlineScheduling = true;
        // .NET reads the variable when the process uses a socket for the first time.
        if (settings.Dispatch.Mode is DispatchMode.Efficiency && Environment.GetEnvironmentVariable(InlineCompletions) is null)
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
    }
}
