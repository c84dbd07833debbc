using System.Diagnostics;
using System.Globalization;
using Akka.Actor;

namespace Pikku.Akka.Benchmarks.Cluster;

/// <summary>A node in its own process, so that the memory of two nodes can be told apart.</summary>
internal sealed class RemoteMember : IDisposable
{
    /// <summary>The command of its process.</summary>
    public const string Command = "member";

    /// <summary>The line that the process writes when it is linked.</summary>
    public const string Ready = "ready";

    private readonly Process _process;

    private RemoteMember(Process process) => _process = process;

    /// <summary>Starts the process, and returns when its node is linked.</summary>
    /// <param name="seed">A member of the cluster.</param>
    /// <param name="delay">The time that each event takes on the node.</param>
    /// <exception cref="InvalidOperationException">The process has ended.</exception>
    public static async Task<RemoteMember> StartAsync(Address seed, TimeSpan delay = default)
    {
        string[] arguments =
            [typeof(RemoteMember).Assembly.Location, Command, seed.ToString(), delay.TotalMicroseconds.ToString(CultureInfo.InvariantCulture)];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var member = new RemoteMember(Process.Start(start)!);
        var line = await member._process.StandardOutput.ReadLineAsync();
        if (line == Ready)
            return member;
        member.Dispose();
        throw new InvalidOperationException($"The other node has not started: {line}");
    }

    public async Task<MemberReport> ReportAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
        return MemberReport.Parse(await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The other node has ended."));
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
