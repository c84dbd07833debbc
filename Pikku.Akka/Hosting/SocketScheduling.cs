using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>Applies <c>pikku.dispatch.mode</c> to the sockets of the server.</summary>
/// <param name="settings">The settings of the node.</param>
internal sealed class SocketScheduling(PikkuSettings settings) : IConfigureOptions<SocketTransportOptions>
{
    /// <summary>The variable with which .NET completes operations of sockets on the threads that wait for them. It has no other switch.</summary>
    public const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private const string SpinLimit = "System.Threading.ThreadPool.UnfairSemaphoreSpinLimit"; // set by the package, see buildTransitive

    /// <summary>What the process lacks for the mode; null for nothing.</summary>
    public string? Problem => settings.Dispatch.Mode is DispatchMode.Latency && AppContext.GetData(SpinLimit) is "0" or 0
        ? "pikku.dispatch.mode = latency, but the threads of the pool sleep as soon as they have no work. Set <PikkuThreadPoolSpin>true</PikkuThreadPoolSpin> in the project of the application."
        : null;

    public void Configure(SocketTransportOptions options)
    {
        if (settings.Dispatch.Mode is DispatchMode.Balanced)
            return;
        options.UnsafePreferInlineScheduling = true;
        // .NET reads the variable when the process uses a socket for the first time. The server, which these options are for, has not begun to listen.
        if (settings.Dispatch.Mode is DispatchMode.Efficiency && Environment.GetEnvironmentVariable(InlineCompletions) is null)
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
    }
}
