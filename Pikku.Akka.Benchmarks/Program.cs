using Pikku.Akka.Benchmarks.Cluster;
using Pikku.Akka.Benchmarks.Compare;
using Pikku.Akka.Benchmarks.Micro;
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
    case [RemoteMember.Command, .. var rest]:
        return await MemberCommand.RunAsync(rest);
    case ["micro", .. var rest]:
        return MicroCommand.Run(rest);
    case ["simulate", .. var rest]:
        return SimulateCommand.Run(rest);
    default:
        Console.Error.WriteLine("usage: Pikku.Akka.Benchmarks serve [--urls http://127.0.0.1:PORT] | compare [options] | cluster [options] | micro [--filter *Decode*] | simulate [--seeds N] [--from S]");
        return 2;
}
