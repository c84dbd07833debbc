using System.Globalization;

namespace Pikku.Akka.Benchmarks.Load;

/// <summary>The command line: <c>MODE --url ws://127.0.0.1:PORT/ --protocol NAME [options]</c>.</summary>
internal sealed class Options
{
    public const string Help = """
        MODE --url ws://127.0.0.1:5101/ --protocol raw|pikku|pikku.v1|signalr|socketio [options]
          MODE echo     closed loop of request/reply on N connections, each keeping W requests in flight
               fanout   N subscribers on one topic, P publishers, W outstanding publishes each
               topics   N subscribers spread over M topics, random publishes, leak check
               spread   M topics with one subscriber each, on N connections: memory per subscription, cost of a publish
               resume   N subscribers over M topics with a history, which lose their server and resume on others
               reconnect  N subscribers over M topics, which lose their connections at once and come back to their server
               idle     open N connections, hold them, report memory per connection and idle CPU
          --connections N (100)     connections (echo, idle) or subscribers (fanout, topics)
          --window W (1)            requests or publishes in flight per connection / publisher
          --publishers P (1)        publishing connections (fanout, topics)
          --topics M (1)            topics (topics, spread, resume, reconnect)
          --topic PREFIX (t)        the name of a topic is this text and a number
          --publish-url URL         the server of the publisher, if it is another one (spread)
          --survivors URL,URL       the servers on which clients resume (resume)
          --steps on                writes the line "ready" before the measured part, and waits for a line on the standard input (echo, spread, idle, reconnect);
                                    in resume, the line makes the clients drop their connections themselves
          --away S (2)              how long clients are away at least (resume)
          --spread S (5)            the time after that over which they come back (resume)
          --path PATH               replaces the path of the URL
          --payload-bytes B (64)    payload length, at least 33
          --rate R (0)              open loop: R sends/s in total; latency counts from the intended send time
          --warmup S (3) --duration S (8)
          --server-pid PID          report CPU, memory and context switches of that process tree from /proc
          --settle S (5)            pause before each memory reading (idle)
          --idle-seconds S (10)     how long to watch idle CPU (idle)
          --connect-parallel K (64) handshakes in flight
          --per-source N (20000)    connections per loopback source address, so that ephemeral ports suffice
          --name TEXT               label copied to the result line
        One JSON line goes to stdout. Exit status 1 when any reply was wrong, lost, duplicated, reordered or
        leaked, or a connection failed.
        """;

    public string Mode { get; private set; } = "";

    public string Name { get; private set; } = "";

    public Uri Url { get; private set; } = new("ws://127.0.0.1:5101/");

    public string Protocol { get; private set; } = "raw";

    public int Connections { get; private set; } = 100;

    public int Window { get; private set; } = 1;

    public int PayloadBytes { get; private set; } = 64;

    public int Topics { get; private set; } = 1;

    public int Publishers { get; private set; } = 1;

    /// <summary>The names of topics begin with it.</summary>
    public string Topic { get; private set; } = "t";

    public IReadOnlyList<Uri> Survivors { get; private set; } = [];

    /// <summary>The server of the publisher; null for that of the subscribers.</summary>
    public Uri? PublishUrl { get; private set; }

    /// <summary>True when another program says when the measured part begins.</summary>
    public bool HasSteps { get; private set; }

    public double Away { get; private set; } = 2;

    public double Spread { get; private set; } = 5;

    public int ServerPid { get; private set; }

    public int ConnectParallel { get; private set; } = 64;

    public int PerSource { get; private set; } = 20000;

    public double Duration { get; private set; } = 8;

    public double Warmup { get; private set; } = 3;

    public double Rate { get; private set; }

    public double Settle { get; private set; } = 5;

    public double IdleSeconds { get; private set; } = 10;

    public static Options Parse(string[] args)
    {
        if (args is not [var mode, ..] || mode is "-h" or "--help")
            throw new ArgumentException(Help);
        if (args.Length % 2 == 0)
            throw new ArgumentException($"missing value for {args[^1]}\n{Help}");
        var options = new Options { Mode = mode };
        for (var i = 1; i < args.Length; i += 2)
            options.Set(args[i], args[i + 1]);
        if (options.PayloadBytes < Payload.HeaderLength)
            throw new ArgumentException($"--payload-bytes must be at least {Payload.HeaderLength}");
        return options;
    }

    private static int Int(string value) => int.Parse(value, CultureInfo.InvariantCulture);

    private static double Double(string value) => double.Parse(value, CultureInfo.InvariantCulture);

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "--url": Url = new Uri(value); break;
            case "--protocol": Protocol = value; break;
            case "--connections": Connections = Int(value); break;
            case "--window": Window = Int(value); break;
            case "--payload-bytes": PayloadBytes = Int(value); break;
            case "--topics": Topics = Int(value); break;
            case "--topic": Topic = value; break;
            case "--survivors": Survivors = [.. value.Split(',').Select(url => new Uri(url))]; break;
            case "--publish-url": PublishUrl = new Uri(value); break;
            case "--steps": HasSteps = value == "on"; break;
            case "--away": Away = Double(value); break;
            case "--spread": Spread = Double(value); break;
            case "--path": Url = new Uri(Url, value); break;
            case "--publishers": Publishers = Int(value); break;
            case "--server-pid": ServerPid = Int(value); break;
            case "--connect-parallel": ConnectParallel = Int(value); break;
            case "--per-source": PerSource = Int(value); break;
            case "--duration": Duration = Double(value); break;
            case "--warmup": Warmup = Double(value); break;
            case "--rate": Rate = Double(value); break;
            case "--settle": Settle = Double(value); break;
            case "--idle-seconds": IdleSeconds = Double(value); break;
            case "--name": Name = value; break;
            default: throw new ArgumentException($"unknown option {name}\n{Help}");
        }
    }
}
