using System.Runtime.InteropServices;

namespace Pikku.Akka.Benchmarks.Compare.Servers;

/// <summary>What the commands that start servers and drive them with the load generator have in common.</summary>
internal static class MeasuringCommand
{
    /// <summary>Runs a command, until a signal stops it.</summary>
    /// <param name="run">Parses the command line, measures, and returns the exit code. A <see cref="FormatException"/> is a mistake of the command line.</param>
    /// <param name="usage">What is written below such a mistake.</param>
    /// <returns>The exit code of the command; 1 if a server did not start or a signal came; 2 if the command line is invalid.</returns>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<int>> run, string usage)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            if (!OperatingSystem.IsLinux())
                throw new FormatException("The load generator uses epoll and /proc, so it runs only on Linux.");
            return await run(stop.Token);
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}\n\n{usage}");
            return 2;
        }
        catch (Exception e) when (e is InvalidOperationException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }

        // This process must live until it has stopped the servers that it started.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
