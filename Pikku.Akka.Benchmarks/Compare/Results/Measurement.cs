using System.Text.Json.Nodes;

namespace Pikku.Akka.Benchmarks.Compare.Results;

/// <summary>One run: the test, the server and the result.</summary>
internal sealed record Measurement(string Test, string Server, int Round, JsonObject Found)
{
    /// <summary>True if all checks passed: each reply belongs to its request, and each event arrived once, in order and only at its
    /// subscribers.</summary>
    public bool Ok => (bool?)Found["ok"] ?? false;

    /// <summary>The checks that failed.</summary>
    public string Faults => (string?)Found["faults"] ?? "no result";

    public double? Number(string metric) => (double?)Found[metric];

    public string ToJson()
    {
        var line = new JsonObject { ["test"] = Test, ["server"] = Server, ["round"] = Round };
        foreach (var (name, value) in Found)
            line[name] = value?.DeepClone();
        return line.ToJsonString();
    }

    public static JsonObject Failed(string fault) => new() { ["ok"] = false, ["faults"] = fault };
}
