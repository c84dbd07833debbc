using Pikku.Akka.Benchmarks.Load;
using Pikku.Akka.Benchmarks.Load.Connections;
using Pikku.Akka.Benchmarks.Load.Modes;

try
{
    Options o = Options.Parse(args);
    Native.RaiseFileLimit();
    bool passed = o.Mode switch
    {
        "echo" => new EchoMode(o).Execute(),
        "fanout" or "topics" => new PubSubMode(o).Execute(),
        "spread" => new SpreadMode(o).Execute(),
        "reconnect" => new ReconnectMode(o).Execute(),
        "idle" => new IdleMode(o).Execute(),
        "resume" => new ResumeMode(o).Execute(),
        _ => throw new ArgumentException(Options.Help),
    };
    return passed ? 0 : 1;
}
catch (ArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
catch (InvalidOperationException e)
{
    Console.Error.WriteLine("load: " + e.Message);
    return 3;
}
