using System.Globalization;
using System.Net;
using System.Text;

namespace Pikku.Akka.Tests.Docs;

/// <summary>Draws the first table of docs/performance.md: for each kind of work the CPU time of a message, compared with SignalR.</summary>
internal static class PerformancePlot
{
    // In pixels.
    private const int Width = 800;
    private const int Left = 150;
    private const int Unit = 520; // the length of 1.0
    private const int Bar = 12;
    private const int Row = 3 * Bar + 16;
    private const int Top = 76;

    private static readonly (string Name, string Column, string Color)[] s_series =
    [
        ("Pikku.Akka", "ours, µs CPU per message", "#2563eb"), ("SignalR (JSON)", "SignalR", "#9ca3af"), ("a loop over Kestrel's WebSocket", "raw", "#d1d5db"),
    ];

    /// <summary>The plot as SVG.</summary>
    /// <param name="page">The text of the page.</param>
    public static string Draw(string page)
    {
        var table = page.Split('\n').SkipWhile(line => !line.StartsWith("| work | goal |", StringComparison.Ordinal)).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)).ToArray();
        var rows = table[2..];
        var svg = new StringBuilder();
        var height = Top + rows.Length * Row + 8;
        Add(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{height}" viewBox="0 0 {Width} {height}" font-family="system-ui, sans-serif" font-size="12">""");
        Add(svg, $"""<rect width="{Width}" height="{height}" fill="white"/>""");
        Add(svg, $"""<text x="16" y="26" font-size="16" font-weight="600" fill="#111827">CPU time of the server per message, SignalR = 1 (less is better)</text>""");
        for (var i = 0; i < s_series.Length; i++)
        {
            Add(svg, $"""<rect x="{Left + i * 160}" y="42" width="{Bar}" height="{Bar}" fill="{s_series[i].Color}"/>""");
            Add(svg, $"""<text x="{Left + i * 160 + 18}" y="52" fill="#374151">{WebUtility.HtmlEncode(s_series[i].Name)}</text>""");
        }

        for (var row = 0; row < rows.Length; row++)
            AddRow(svg, Top + row * Row, rows[row][0], [.. s_series.Select(series => rows[row][Array.IndexOf(table[0], series.Column)].Split(' ')[0])]);
        Add(svg, $"""<line x1="{Left + Unit}" y1="{Top - 10}" x2="{Left + Unit}" y2="{height - 8}" stroke="#6b7280" stroke-dasharray="3 3"/>""");
        Add(svg, $"</svg>");
        return svg.ToString();
    }

    private static void AddRow(StringBuilder svg, int y, string work, string[] medians)
    {
        Add(svg, $"""<text x="{Left - 10}" y="{y + 2 * Bar - 2}" text-anchor="end" fill="#111827">{work}</text>""");
        for (var i = 0; i < medians.Length; i++)
        {
            var length = (int)Math.Round(Number(medians[i]) / Number(medians[1]) * Unit);
            Add(svg, $"""<rect x="{Left}" y="{y + i * Bar}" width="{length}" height="{Bar - 2}" fill="{s_series[i].Color}"/>""");
            Add(svg, $"""<text x="{Left + length + 6}" y="{y + i * Bar + 9}" font-size="10" fill="#374151">{medians[i]} µs</text>""");
        }
    }

    private static double Number(string median) => double.Parse(median, CultureInfo.InvariantCulture);

    private static void Add(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
