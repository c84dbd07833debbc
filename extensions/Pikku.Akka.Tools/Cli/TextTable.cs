using Spectre.Console;

namespace Pikku.Akka.Cli;

/// <summary>
/// Writes a listing for people. It is a table of the terminal's width; if the longest words do not fit next to each other, each row is a
/// block. In a pipe nothing is wrapped, so that each row is one line.
/// </summary>
internal static class TextTable
{
    // Wider than any row. Lines have no padding on the right.
    private const int Unlimited = 100_000;

    private const int BetweenColumns = 2;

    public static void Write(Table table, Terminal terminal)
    {
        if (table.Rows.Count == 0)
        {
            terminal.Output.WriteLine($"No {table.Name}.");
            return;
        }

        string[][] rows = [.. table.Rows.Select(row => row.Select(Text).ToArray())];
        Write(terminal.Width is { } width && NeededWidth(table.Columns, rows) > width ? Blocks(table.Columns, rows) : Columns(table.Columns, rows), terminal);
        if (table.Omitted > 0)
            terminal.Output.WriteLine($"{table.Omitted} more.");
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        bool truth => truth ? "yes" : "no",
        IEnumerable<object> list => string.Join(", ", list),
        _ => value.ToString()!,
    };

    // A list may be wrapped between its items, but an item is never split.
    private static int NeededWidth(IReadOnlyList<string> columns, string[][] rows) =>
        columns.Select((column, i) => rows.SelectMany(row => row[i].Split(' ')).Append(column).Max(word => word.Length) + BetweenColumns).Sum()
        - BetweenColumns;

    private static Spectre.Console.Table Columns(IReadOnlyList<string> columns, string[][] rows)
    {
        var table = Empty();
        foreach (var column in columns)
            table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))).Padding(0, 0, BetweenColumns, 0));
        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Text(cell)));
        return table;
    }

    private static Spectre.Console.Table Blocks(IReadOnlyList<string> columns, string[][] rows)
    {
        var table = Empty().HideHeaders().AddColumn(new TableColumn("").Padding(0, 0, BetweenColumns, 0).NoWrap()).AddColumn(new TableColumn("").Padding(0, 0));
        foreach (var row in rows)
        {
            if (table.Rows.Count > 0)
                table.AddEmptyRow();
            foreach (var (name, value) in columns.Zip(row))
                table.AddRow(new Text(name, new Style(decoration: Decoration.Bold)), new Text(value));
        }

        return table;
    }

    private static Spectre.Console.Table Empty() => new Spectre.Console.Table().Border(TableBorder.None);

    private static void Write(Spectre.Console.Table table, Terminal terminal)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal.HasStyle ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false }, // The default enrichers turn on colors on build servers.
        });
        console.Profile.Width = terminal.Width ?? Unlimited;
        console.Write(table);
        // Spectre pads the last column too.
        foreach (var line in text.ToString().TrimEnd().Split('\n'))
            terminal.Output.WriteLine(line.TrimEnd());
    }
}
