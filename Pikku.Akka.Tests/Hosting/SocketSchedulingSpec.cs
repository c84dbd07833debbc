using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Pikku.Akka.Hosting;
using Pikku.Akka.Tests.Settings;
using Xunit;

namespace Pikku.Akka.Tests.Hosting;

/// <summary>What <c>pikku.dispatch.mode</c> changes.</summary>
public sealed class SocketSchedulingSpec
{
    private const string SpinLimit = "System.Threading.ThreadPool.UnfairSemaphoreSpinLimit";

    [Theory]
    [InlineData("balanced", false)]
    [InlineData("latency", true)]
    public void The_mode_sets_how_the_server_schedules(string mode, bool isInline)
    {
        var options = new SocketTransportOptions();

        Of(mode).Configure(options);

        Assert.Equal(isInline, options.UnsafePreferInlineScheduling);
        Assert.Null(Environment.GetEnvironmentVariable(SocketScheduling.InlineCompletions));
    }

    [Fact]
    public void Low_latency_without_threads_that_spin_is_reported()
    {
        Assert.Null(Of("latency").Problem); // this process has the default of .NET
        try
        {
            AppContext.SetData(SpinLimit, "0"); // as in a process that the package has configured; the pool has read its own value already

            Assert.Contains("PikkuThreadPoolSpin", Of("latency").Problem, StringComparison.Ordinal);
            Assert.Null(Of("balanced").Problem);
            Assert.Null(Of("efficiency").Problem);
        }
        finally
        {
            AppContext.SetData(SpinLimit, null);
        }
    }

    private static SocketScheduling Of(string mode) => new(Read.Hocon($"pikku.dispatch.mode = {mode}"));
}
