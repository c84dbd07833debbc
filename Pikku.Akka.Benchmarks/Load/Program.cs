using Pikku.Akka.Benchmarks.Load;
using Pikku.Akka.Benchmarks.Load.Connections;
using Pikku.Akka.Benchmarks.Load.Modes;

try
{
    Options o = Options.Parse(args);
    Native.RaiseFileLimit();
    Mode mode = o.Mode switch
    {
        "echo" => new EchoMode(o),
        "fanout" or "topics" => new PubSubMode(o),
        "idle" => new IdleMode(o),
        _ => throw new ArgumentException(Options.Help),
    };
    return mode.Execute() ? 0 : 1;
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
