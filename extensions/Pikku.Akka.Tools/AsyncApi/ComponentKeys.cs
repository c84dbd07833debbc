using System.Globalization;
using System.Text.RegularExpressions;

namespace Pikku.Akka.AsyncApi;

/// <summary>
/// Keys of a document, unique in one place of it. AsyncAPI 3.0 allows letters, digits, <c>_</c> and <c>-</c>; names of the application may
/// have more.
/// </summary>
internal sealed partial class ComponentKeys
{
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>The key of something: the same whenever it is asked for.</summary>
    /// <param name="identity">What it is.</param>
    /// <param name="wanted">What it should be called.</param>
    public string Of(string identity, string wanted)
    {
        if (_given.TryGetValue(identity, out var known))
            return known;
        var name = NotAllowed().Replace(wanted, "_").Trim('_') is { Length: > 0 } allowed ? allowed : "unnamed";
        var key = name;
        for (var number = 2; !_used.Add(key); number++)
            key = string.Create(CultureInfo.InvariantCulture, $"{name}_{number}");
        return _given[identity] = key;
    }

    [GeneratedRegex("[^A-Za-z0-9_-]+")]
    private static partial Regex NotAllowed();
}
