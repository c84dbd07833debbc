namespace Pikku.Akka.Cli;

/// <summary>One subcommand of <c>info</c>.</summary>
internal sealed class Listing
{
    private readonly Func<WiredApp, bool, int?, Table> _read;

    private Listing(string name, string description, Func<WiredApp, bool, int?, Table> read)
    {
        Name = name;
        Description = description;
        _read = read;
    }

    public string Name { get; }

    public string Description { get; }

    /// <param name="name">The name of the command and of the rows.</param>
    /// <param name="description">The description in the help text.</param>
    /// <param name="rows">The rows, in the order in which they are listed.</param>
    /// <param name="columns">The columns; those that are always shown come first.</param>
    public static Listing Of<T>(string name, string description, Func<WiredApp, IEnumerable<T>> rows, params Column<T>[] columns) =>
        new(name, description, (wiring, verbose, limit) =>
        {
            var shown = columns.Where(column => verbose || !column.OnlyVerbose).ToArray();
            var all = rows(wiring).ToArray();
            var taken = all.Take(limit ?? all.Length).Select(row => shown.Select(column => column.Value(row)).ToArray()).ToArray();
            return new Table(name, [.. shown.Select(column => column.Name)], taken, all.Length - taken.Length);
        });

    /// <param name="wiring">The wiring.</param>
    /// <param name="verbose">True to include all columns.</param>
    /// <param name="limit">The maximum number of rows; null for all.</param>
    public Table Read(WiredApp wiring, bool verbose, int? limit) => _read(wiring, verbose, limit);
}
