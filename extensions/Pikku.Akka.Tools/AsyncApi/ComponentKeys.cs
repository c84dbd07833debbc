using System.Globalization;
using System.Text.RegularExpressions;

namespace Pikku.Akka.AsyncApi;

/// <summary>
/// Creates keys that are unique within one section of a document. AsyncAPI 3.0 allows letters, digits, <c>_</c> and <c>-</c> in keys; names
/// in the application may contain other characters.
/// </summary>
internal sealed partial class ComponentKeys
{
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>Returns the key of an object. The same identity always returns the same key.</summary>
    /// <param name="identity">The identity of the object.</param>
    /// <param name="wanted">The preferred key.</param>
    public string Of(string identity, string wanted)
    {
        if (_keys.TryGetValue(identity, out var known))
            return known;
        var name = NotAllowed().Replace(wanted, "_").Trim('_') is { Length: > 0 } allowed ? allowed : "unnamed";
        var key = name;
        for (var number = 2; !_used.Add(key); number++)
            key = string.Create(CultureInfo.InvariantCulture, $"{name}_{number}");
        return _keys[identity] = key;
    }

    [GeneratedRegex("[^A-Za-z0-9_-]+")]
    private static partial Regex NotAllowed();
}
