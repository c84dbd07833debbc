namespace Pikku.Akka.Cli;

/// <summary>One thing that <c>info</c> lists.</summary>
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

    /// <param name="name">What the rows are; the name of the command.</param>
    /// <param name="description">What the command says of itself.</param>
    /// <param name="rows">The rows, in the order in which they are listed.</param>
    /// <param name="columns">The columns, those of every day first.</param>
    public static Listing Of<T>(string name, string description, Func<WiredApp, IEnumerable<T>> rows, params Column<T>[] columns) =>
        new(name, description, (wiring, verbose, limit) =>
        {
            var shown = columns.Where(column => verbose || !column.OnlyVerbose).ToArray();
            var all = rows(wiring).ToArray();
            var taken = all.Take(limit ?? all.Length).Select(row => shown.Select(column => column.Value(row)).ToArray()).ToArray();
            return new Table(name, [.. shown.Select(column => column.Name)], taken, all.Length - taken.Length);
        });

    /// <param name="wiring">What is wired.</param>
    /// <param name="verbose">Whether all columns are wanted.</param>
    /// <param name="limit">The most rows; null for all.</param>
    public Table Read(WiredApp wiring, bool verbose, int? limit) => _read(wiring, verbose, limit);
}
