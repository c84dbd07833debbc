using Pikku.Akka.Benchmarks.Compare.Plan;
using Pikku.Akka.Benchmarks.Compare.Report;
using Pikku.Akka.Benchmarks.Compare.Results;
using Pikku.Akka.Benchmarks.Compare.Servers;
using Pikku.Akka.Benchmarks.Compare.Trials;

namespace Pikku.Akka.Benchmarks.Compare;

/// <summary>Measures Pikku.Akka and other servers with one load generator and writes a page of tables with a plot.</summary>
internal sealed class CompareCommand
{
    private readonly CompareOptions _options;
    private readonly ResultSet _results;
    private readonly CancellationToken _cancel;
    private readonly string _out;

    private CompareCommand(CompareOptions options, CancellationToken cancel)
    {
        _options = options;
        _cancel = cancel;
        _out = Directory.CreateDirectory(options.Out).FullName;
        _results = new ResultSet(Path.Combine(_out, "compare.jsonl"));
    }

    /// <summary>Returns 0 if everything was measured, whether or not goals are met; 1 if a check failed or a server did not start;
    /// 2 if the command line is invalid.</summary>
    public static Task<int> RunAsync(string[] args) => MeasuringCommand.RunAsync(
        cancel => UnsupportedReason() is { } reason ? throw new FormatException(reason) : new CompareCommand(CompareOptions.Parse(args), cancel).RunAsync(),
        CompareOptions.Usage);

    private static string? UnsupportedReason()
    {
#if DEBUG
        return "The figures of a debug build are meaningless. Run with -c Release.";
#else
        return null;
#endif
    }

    /// <summary>The steps: 1. start the servers; 2. load in rounds; 3. allocation; 4. idle connections; 5. startup; 6. write the
    /// page and its plot.</summary>
    private async Task<int> RunAsync()
    {
        var contenders = await ContendersAsync();
        if (_options.Tests.Count > 0)
            contenders = await LoadAsync(contenders);
        await new IdleTrial(_options, _results, contenders, _out).RunAsync(_cancel);
        await new StartTrial(_options, _results, contenders, _out).RunAsync(_cancel);

        var report = new ComparisonReport(_options, _results, [.. contenders.Select(contender => contender.Name)]).ToString();
        await File.WriteAllTextAsync(Path.Combine(_out, "compare.md"), report, _cancel);
        if (PerformancePlot.Draw(report) is { } plot)
            await File.WriteAllTextAsync(Path.Combine(_out, "compare.svg"), plot, _cancel);
        await Console.Out.WriteAsync(report);
        return _results.Failures.Count == 0 ? 0 : 1;
    }

    private async Task<IReadOnlyList<Contender>> ContendersAsync()
    {
        var peers = _options.Peers;
        if (peers.Any(Contenders.Node.Contains) && await NodePeers.PrepareAsync(_cancel) is { } reason)
        {
            _results.Note($"Without {string.Join(" and ", peers.Where(Contenders.Node.Contains))}: {reason}.");
            peers = [.. peers.Except(Contenders.Node)];
        }

        return
        [
            Contenders.Ours(),
            .. _options.Before is { } before ? [Contenders.Before(before)] : Array.Empty<Contender>(),
            .. peers.Select(peer => Contenders.Peer(peer, NodePeers.Folder)),
        ];
    }

    /// <summary>Starts the servers and returns those that started; the others take no further part.</summary>
    private async Task<IReadOnlyList<Contender>> LoadAsync(IReadOnlyList<Contender> contenders)
    {
        var servers = new List<RunningServer>();
        try
        {
            foreach (var contender in contenders)
                if (await TryStartAsync(contender) is { } server)
                    servers.Add(server);
            await new Rounds(_options, _results, servers).RunAsync(_cancel);
            await new AllocationTrial(_options, _results, servers).RunAsync(_cancel);
            return [.. servers.Select(server => server.Contender)];
        }
        finally
        {
            servers.ForEach(server => server.Dispose());
        }
    }

    private async Task<RunningServer?> TryStartAsync(Contender contender)
    {
        try
        {
            return await RunningServer.StartAsync(contender, _out, _cancel);
        }
        catch (InvalidOperationException e) when (contender.Name != Contender.Ours)
        {
            _results.Note($"Without {contender.Name}: {e.Message}");
            return null;
        }
    }
}
