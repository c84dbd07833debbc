using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka.Benchmarks.Compare.Results;
using Pikku.Akka.Benchmarks.Compare.Servers;

namespace Pikku.Akka.Benchmarks.Scale;

/// <summary>A load generator that waits for this program before each of its measured parts, so that several of them can be measured together.</summary>
internal sealed class SteppedLoad : IDisposable
{
    private const string Ready = "ready";
    private const int Shown = 5; // lines of the generator's errors

    private readonly Process _process;
    private readonly Queue<string> _errors = [];
    private string? _result;

    private SteppedLoad(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>Starts the generator.</summary>
    /// <param name="server">The server that it drives.</param>
    /// <param name="arguments">The mode and its options.</param>
    public static SteppedLoad Start(RunningServer server, string arguments)
    {
        var start = LoadGenerator.StartInfo(server, arguments + " --steps on");
        start.RedirectStandardInput = true;
        return new SteppedLoad(Process.Start(start)!);
    }

    /// <summary>Waits until the generator has come to its next step.</summary>
    /// <exception cref="InvalidOperationException">It has ended instead.</exception>
    public async Task ReadyAsync(CancellationToken cancel)
    {
        var line = await _process.StandardOutput.ReadLineAsync(cancel);
        if (line == Ready)
            return;
        _result = line;
        throw new InvalidOperationException($"The load generator has ended early: {line ?? Errors()}");
    }

    /// <summary>Lets the generator begin its next step.</summary>
    public async Task GoAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
    }

    public async Task<Measurement> ResultAsync(string test, string server, int round, CancellationToken cancel)
    {
        _result ??= await _process.StandardOutput.ReadLineAsync(cancel);
        return new Measurement(test, server, round, Parse());
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private JsonObject Parse()
    {
        try
        {
            return _result is null ? Measurement.Failed(Errors()) : JsonNode.Parse(_result)!.AsObject();
        }
        catch (JsonException)
        {
            return Measurement.Failed(Errors());
        }
    }

    private void Note(string? line)
    {
        lock (_errors)
        {
            if (!string.IsNullOrEmpty(line) && _errors.Count < Shown)
                _errors.Enqueue(line);
        }
    }

    private string Errors()
    {
        lock (_errors)
            return _errors.Count == 0 ? "no result" : string.Join("; ", _errors);
    }
}
