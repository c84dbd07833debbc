namespace Pikku.Akka.Benchmarks.Compare.Plan;

/// <summary>The names of figures in the results of the load generator and the trials.</summary>
internal static class Metric
{
    public const string CpuPerMessage = "serverUsPerMessage";
    public const string Cores = "serverCores";
    public const string SwitchesPerMessage = "serverSwitchesPerMessage";
    public const string ClientCores = "clientCores";
    public const string PerSecond = "perSecond";
    public const string P50 = "p50us";
    public const string P99 = "p99us";
    public const string P999 = "p999us";
    public const string Skipped = "skipped";
    public const string KibPerConnection = "kbPerConnection";
    public const string IdleCores = "idleCores";
    public const string ConnectPerSecond = "connectPerSecond";
    public const string AllocatedPerMessage = "allocatedPerMessage";
    public const string StartSeconds = "startSeconds";

    /// <summary>Returns the name of a figure in a table.</summary>
    public static string Title(string metric) => metric switch
    {
        CpuPerMessage => "CPU",
        PerSecond => "throughput",
        P50 => "p50",
        P99 => "p99",
        KibPerConnection => "memory",
        IdleCores => "idle CPU",
        ConnectPerSecond => "connects/s",
        AllocatedPerMessage => "allocated",
        StartSeconds => "start",
        _ => metric,
    };

    /// <summary>Returns the unit of a figure where it is added to another one, with a space before it.</summary>
    public static string Unit(string metric) => metric switch
    {
        CpuPerMessage or P50 or P99 or P999 => " µs",
        KibPerConnection => " KiB",
        AllocatedPerMessage => " B",
        StartSeconds => " s",
        _ => "",
    };
}
