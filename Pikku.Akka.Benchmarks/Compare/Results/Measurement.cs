using System.Text.Json.Nodes;

namespace Pikku.Akka.Benchmarks.Compare.Results;

/// <summary>One run: which test, which server, and all that was found.</summary>
internal sealed record Measurement(string Test, string Server, int Round, JsonObject Found)
{
    /// <summary>Whether every check held: each reply to its request, each event once, in order, and to its subscribers only.</summary>
    public bool Ok => (bool?)Found["ok"] ?? false;

    /// <summary>What did not hold.</summary>
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
