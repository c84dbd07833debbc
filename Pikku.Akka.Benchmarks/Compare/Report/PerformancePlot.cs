using System.Globalization;
using System.Net;
using System.Text;

namespace Pikku.Akka.Benchmarks.Compare.Report;

/// <summary>
/// Draws the first table of a page that <c>compare</c> has written as SVG: for each kind of work the CPU time of a message with each server, as a multiple of SignalR's. Lines show
/// the minimum and the maximum of the rounds. The picture is drawn from the text of the page, so <c>compare</c> and the spec of the documentation draw the same one.
/// </summary>
internal static class PerformancePlot
{
    // In pixels.
    private const int Width = 860;
    private const int Left = 210;
    private const int Right = 110; // for the text behind the longest bar
    private const int Bar = 13;
    private const int Gap = 2;
    private const int Row = 3 * (Bar + Gap) + 18;
    private const int Top = 92;
    private const int Bottom = 30;
    private const double Tick = 0.25; // in multiples of SignalR
    private const string Ratio = "ours/SignalR"; // the column

    // The picture is an image of its own, so it follows the color scheme of the browser, and brings its background along: it is readable wherever it is shown.
    private const string Style = """
        <style>
        .back{fill:#ffffff}.title{fill:#111827}.text{fill:#374151}.grid{stroke:#e5e7eb}.one{stroke:#6b7280}
        .ours{fill:#2563eb}.signalr{fill:#9ca3af}.raw{fill:#d1d5db}.whisker{stroke:#111827}
        @media (prefers-color-scheme:dark){
        .back{fill:#0d1117}.title{fill:#f0f6fc}.text{fill:#c9d1d9}.grid{stroke:#262c36}.one{stroke:#8b949e}
        .ours{fill:#58a6ff}.signalr{fill:#6e7681}.raw{fill:#484f58}.whisker{stroke:#f0f6fc}}
        </style>
        """;

    private static readonly (string Name, string Column, string Class)[] s_series =
    [
        ("Pikku.Akka", "ours, µs CPU per message", "ours"), ("SignalR, JSON protocol", "SignalR", "signalr"), ("raw loop over Kestrel's WebSocket", "raw", "raw"),
    ];

    private static readonly Dictionary<string, string> s_titles = new()
    {
        ["echo64-w1"] = "Echo, 64 B, one in flight",
        ["echo64-w16"] = "Echo, 64 B, 16 in flight",
        ["echo1k-w1"] = "Echo, 1 KiB, one in flight",
        ["fan100-64"] = "Event, 64 B, to 100",
        ["fan1000-64"] = "Event, 64 B, to 1000",
        ["fan1000-1k"] = "Event, 1 KiB, to 1000",
        ["topics"] = "1000 clients on 100 topics",
        ["echo64-10k/s"] = "Echo, 10,000 per second",
        ["fan1000-50/s"] = "50 events per second to 1000",
    };

    /// <summary>Returns the plot; null if the page has no work that was measured with Pikku.Akka and SignalR.</summary>
    /// <param name="page">The text of the page.</param>
    public static string? Draw(string page)
    {
        var rows = Read(page);
        if (rows.Count == 0)
            return null;
        var height = Top + rows.Count * Row + Bottom;
        var most = rows.Max(row => row.Bars.OfType<Measured>().Max(bar => bar.Max) / row.SignalR);
        var ticks = (int)Math.Ceiling(Math.Max(most, 1) / Tick);
        var unit = (Width - Left - Right) / (ticks * Tick); // the length of 1.0

        var svg = new StringBuilder();
        Add(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{height}" viewBox="0 0 {Width} {height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="CPU time of the server per message, compared with SignalR">""");
        Add(svg, $"{Style.ReplaceLineEndings("\n")}");
        Add(svg, $"""<rect class="back" width="{Width}" height="{height}"/>""");
        Add(svg, $"""<text x="16" y="28" font-size="16" font-weight="600" class="title">CPU time of the server per message, SignalR = 1 (less is better)</text>""");
        Add(svg, $"""<text x="16" y="47" class="text">Medians in µs; lines from the least to the most of the rounds; in bold, the multiple of SignalR</text>""");
        for (var i = 0; i < s_series.Length; i++)
        {
            Add(svg, $"""<rect x="{Left + i * 190}" y="60" width="{Bar}" height="{Bar}" class="{s_series[i].Class}"/>""");
            Add(svg, $"""<text x="{Left + i * 190 + 19}" y="71" class="text">{WebUtility.HtmlEncode(s_series[i].Name)}</text>""");
        }

        for (var i = 0; i <= ticks; i++)
        {
            var x = Pixel(Left + i * Tick * unit);
            Add(svg, $"""<line x1="{x}" y1="{Top - 8}" x2="{x}" y2="{height - Bottom}" class="{(i * Tick == 1 ? "one" : "grid")}"/>""");
            Add(svg, $"""<text x="{x}" y="{height - 12}" font-size="10" text-anchor="middle" class="text">{i * Tick:0.##}</text>""");
        }

        for (var i = 0; i < rows.Count; i++)
            AddRow(svg, Top + i * Row, unit, rows[i]);
        Add(svg, $"</svg>");
        return svg.ToString();
    }

    private static List<Work> Read(string page)
    {
        var table = page.Split('\n').Select(line => line.TrimEnd('\r')).SkipWhile(line => !line.StartsWith("| work | goal |", StringComparison.Ordinal))
            .TakeWhile(line => line.StartsWith('|')).Select(line => line[1..^1].Split('|', StringSplitOptions.TrimEntries)).ToArray();
        if (table.Length < 3)
            return [];
        var columns = s_series.Select(series => Array.IndexOf(table[0], series.Column)).ToArray();
        var ratio = Array.IndexOf(table[0], Ratio);
        return
        [
            .. table[2..].Select(cells => new Work(
                    cells[0], [.. columns.Select(column => column < 0 ? null : Measured.Parse(cells[column]))], ratio < 0 ? null : Measured.Parse(cells[ratio])))
                .Where(row => row.Bars is [not null, not null, ..]),
        ];
    }

    private static void AddRow(StringBuilder svg, int y, double unit, Work row)
    {
        Add(svg, $"""<text x="{Left - 12}" y="{y + 20}" text-anchor="end" class="title">{WebUtility.HtmlEncode(s_titles.GetValueOrDefault(row.Name, row.Name))}</text>""");
        Add(svg, $"""<text x="{Left - 12}" y="{y + 35}" font-size="10" text-anchor="end" class="text">{WebUtility.HtmlEncode(row.Name)}</text>""");
        for (var i = 0; i < row.Bars.Count; i++)
        {
            if (row.Bars[i] is not { } bar)
                continue;
            var top = y + i * (Bar + Gap);
            var (end, least, most) = (X(bar.Median), X(bar.Min), X(bar.Max));
            Add(svg, $"""<rect x="{Left}" y="{top}" width="{end - Left}" height="{Bar}" class="{s_series[i].Class}"/>""");
            if (bar.Max > bar.Min)
                Add(svg, $"""<path d="M{least} {top + 4}v5M{least} {top + 6.5}H{most}M{most} {top + 4}v5" fill="none" class="whisker"/>""");
            // The page has the ratio of Pikku.Akka from figures that are not rounded yet.
            var multiple = i == 0 && row.OursToSignalR is { } exact ? exact.Median : bar.Median / row.SignalR;
            var ratio = i == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"""<tspan font-weight="600" class="title"> {multiple:0.00}×</tspan>""");
            Add(svg, $"""<text x="{Math.Max(end, most) + 6}" y="{top + 10}" font-size="10.5" class="text">{bar.Text}{ratio}</text>""");
        }

        int X(double figure) => Pixel(Left + figure / row.SignalR * unit);
    }

    private static int Pixel(double place) => (int)Math.Round(place);

    private static void Add(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    /// <param name="Name">The name of the work.</param>
    /// <param name="Bars">The figures in the order of the series; null for one that is missing.</param>
    /// <param name="OursToSignalR">The ratio of the page; null if it has none.</param>
    private sealed record Work(string Name, IReadOnlyList<Measured?> Bars, Measured? OursToSignalR)
    {
        public double SignalR => Bars[1]!.Median;
    }

    private sealed record Measured(string Text, double Median, double Min, double Max)
    {
        /// <summary>Reads a cell such as <c>2.27 (2.18–2.38)</c>; null for one without a figure.</summary>
        public static Measured? Parse(string cell)
        {
            var text = cell.Split(' ')[0];
            if (!double.TryParse(text, CultureInfo.InvariantCulture, out var median) || median <= 0)
                return null;
            return cell[text.Length..].Trim(' ', '(', ')').Split('–') is [var min, var max]
                ? new Measured(text, median, double.Parse(min, CultureInfo.InvariantCulture), double.Parse(max, CultureInfo.InvariantCulture))
                : new Measured(text, median, median, median);
        }
    }
}
