using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Pikku.Akka.Benchmarks.Cluster.Storm;

/// <summary>The load generator in its mode <c>resume</c>: the clients that lose their node and come back.</summary>
internal sealed class StormClients : IDisposable
{
    private readonly Process _process;

    private StormClients(Process process) => _process = process;

    /// <summary>
    /// Starts the clients, and returns when all of them are subscribed. They wait for the end of their node; if <paramref name="dropThemselves"/> is true, they wait for
    /// <see cref="DropAsync"/> and drop their connections.
    /// </summary>
    /// <exception cref="InvalidOperationException">The clients could not connect.</exception>
    public static async Task<StormClients> StartAsync(
        int clients, int topics, string topic, Uri node, IEnumerable<Uri> survivors, TimeSpan away, TimeSpan spread, bool dropThemselves = false)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Pikku.Akka.Benchmarks.Load.dll"), "resume", "--protocol", "pikku.v1", "--url", $"{node}",
            "--connections", Text(clients), "--topics", Text(topics), "--topic", topic, "--survivors", string.Join(',', survivors),
            "--away", Text(away.TotalSeconds), "--spread", Text(spread.TotalSeconds),
            "--steps", dropThemselves ? "on" : "off",
        ];
        var storm = new StormClients(Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardInput = true })!);
        if (await storm._process.StandardOutput.ReadLineAsync() == "ready")
            return storm;
        storm.Dispose();
        throw new InvalidOperationException("The clients of the node could not connect.");
    }

    /// <summary>Makes all clients drop their connections at once.</summary>
    public async Task DropAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Returns the result when all clients have come back.</summary>
    public async Task<JsonObject> ResultAsync() =>
        await _process.StandardOutput.ReadLineAsync() is { } line
            ? JsonNode.Parse(line)!.AsObject()
            : throw new InvalidOperationException("The clients of the node have ended without a result.");

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
