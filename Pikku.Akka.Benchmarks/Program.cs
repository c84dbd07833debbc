using Pikku.Akka.Benchmarks.Cluster;
using Pikku.Akka.Benchmarks.Compare;
using Pikku.Akka.Benchmarks.Compression;
using Pikku.Akka.Benchmarks.Fuzz;
using Pikku.Akka.Benchmarks.Micro;
using Pikku.Akka.Benchmarks.Scale;
using Pikku.Akka.Benchmarks.Server;
using Pikku.Akka.Benchmarks.Simulate;

switch (args)
{
    case ["serve", .. var rest]:
        await BenchServer.Create(rest).RunAsync();
        return 0;
    case ["compare", .. var rest]:
        return await CompareCommand.RunAsync(rest);
    case ["cluster", .. var rest]:
        return await ClusterCommand.RunAsync(rest);
    case ["scale", .. var rest]:
        return await ScaleCommand.RunAsync(rest);
    case ["sessions", .. var rest]:
        return await SessionsCommand.RunAsync(rest);
    case [RemoteMember.Command, .. var rest]:
        return await MemberCommand.RunAsync(rest);
    case ["micro", .. var rest]:
        return MicroCommand.Run(rest);
    case ["simulate", .. var rest]:
        return SimulateCommand.Run(rest);
    case ["compression", .. var rest]:
        return await CompressionCommand.RunAsync(rest);
    case ["fuzz", .. var rest]:
        return await FuzzCommand.RunAsync(rest);
    default:
        Console.Error.WriteLine("usage: Pikku.Akka.Benchmarks serve [--urls http://127.0.0.1:PORT] [--trace-ratio 0.01] | compare [options] | cluster [options] | scale [options] | sessions [--sessions N] [--rate N] [--seconds N] | micro [--filter *Decode*] | simulate [--seeds N] [--from S] | fuzz [--seconds N] [--seed S] | compression [--rounds N] [--seconds N]");
        return 2;
}
