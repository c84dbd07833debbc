using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pikku.Akka.Cli;

/// <summary>Writes a listing as NDJSON: https://github.com/ndjson/ndjson-spec.</summary>
internal static class JsonLines
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // The output is never embedded in HTML, and people read it too.
    };

    public static void Write(Table table, Terminal terminal)
    {
        foreach (var row in table.Rows)
        {
            var line = new JsonObject();
            foreach (var (name, value) in table.Columns.Zip(row))
                line.Add(name, value is null ? null : JsonSerializer.SerializeToNode(value, value.GetType(), s_options));
            terminal.Output.Write(line.ToJsonString(s_options) + "\n");
        }

        if (table.Omitted > 0)
            terminal.Error.WriteLine($"{table.Omitted} more.");
    }
}
