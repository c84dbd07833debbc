using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>
/// What a channel is wired to: routing key → value → action. Built once per channel, read by every message. Actions are numbered
/// from 0 in the order in which they are given, so that the caller can keep what belongs to them in an array beside it.
/// </summary>
internal sealed class RoutingTable
{
    /// <summary>The key that Pikku's clients use, and the only one under which the calls of L1 are found.</summary>
    public const string DefaultKey = "action";

    private readonly bool[] _declaresData;
    private readonly byte[][] _tokens;

    /// <param name="keys">The routing keys in the order in which a message is asked for them, each with the values wired under it.</param>
    public RoutingTable(IReadOnlyList<(string Key, IReadOnlyList<Route> Routes)> keys)
    {
        List<bool> declaresData = [];
        List<byte[]> tokens = [];
        List<RoutingKey> tracked = [];
        foreach (var (name, routes) in keys)
        {
            var key = new RoutingKey(name);
            foreach (var route in routes)
            {
                key.Add(route.Value, declaresData.Count);
                declaresData.Add(route.DeclaresData);
                tokens.Add([(byte)'"', .. JsonEncodedText.Encode(route.Value).EncodedUtf8Bytes, (byte)'"']);
            }

            tracked.Add(key);
        }

        KeyCount = tracked.Count;
        DefaultKeyIndex = tracked.FindIndex(key => key.Name == DefaultKey);
        if (DefaultKeyIndex < 0)
        {
            // A client's answers are to be found on a channel that routes by other keys, too.
            DefaultKeyIndex = tracked.Count;
            tracked.Add(new RoutingKey(DefaultKey));
        }

        Tracked = [.. tracked];
        _declaresData = [.. declaresData];
        _tokens = [.. tokens];
    }

    /// <summary>How many of <see cref="Tracked"/> route; one more may follow them.</summary>
    public int KeyCount { get; }

    public int ActionCount => _declaresData.Length;

    /// <summary>The properties that the scanner takes note of.</summary>
    public RoutingKey[] Tracked { get; }

    /// <summary>Where <see cref="DefaultKey"/> stands in <see cref="Tracked"/>.</summary>
    public int DefaultKeyIndex { get; }

    /// <summary>Whether the input of an action has a property <c>data</c> of its own, which makes its messages flat.</summary>
    public bool DeclaresData(int action) => _declaresData[action];

    /// <summary>The JSON string that names an action, as nearly every client writes it.</summary>
    public byte[] Token(int action) => _tokens[action];
}
