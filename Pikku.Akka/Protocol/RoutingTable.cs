using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>
/// The routing keys of a channel and the actions that their values name, looked up as UTF-8, without a string being made. Built once
/// per channel, read by every message.
/// </summary>
internal sealed class RoutingTable
{
    private readonly bool[] _declaresData;

    private RoutingTable(RoutingKey[] tracked, int keyCount, int defaultKeyIndex, bool[] declaresData, int maxDepth)
    {
        ReaderOptions = new JsonReaderOptions { MaxDepth = maxDepth == int.MaxValue ? maxDepth : maxDepth + JsonDepth.Envelope };
        Tracked = tracked;
        KeyCount = keyCount;
        DefaultKeyIndex = defaultKeyIndex;
        _declaresData = declaresData;
    }

    /// <summary>How many of <see cref="Tracked"/> route, in the order in which they are tried; one more may follow them.</summary>
    public int KeyCount { get; }

    /// <summary>How messages are read: as deep as an input may be, and the envelope around it.</summary>
    public JsonReaderOptions ReaderOptions { get; }

    /// <summary>The properties that the scanner takes note of.</summary>
    public RoutingKey[] Tracked { get; }

    /// <summary>Where <see cref="RemoteProtocol.Key"/> stands in <see cref="Tracked"/>.</summary>
    public int DefaultKeyIndex { get; }

    public string KeyOf(int key) => Tracked[key].Name;

    /// <summary>The name of a routing key as JSON, quotes and escapes included.</summary>
    public ReadOnlySpan<byte> JsonKeyOf(int key) => Tracked[key].Json;

    public ReadOnlySpan<byte> Utf8KeyOf(int key) => Tracked[key].Utf8;

    /// <summary>Whether the input of an action has a property <c>data</c> of its own: its messages are flat (contract B3).</summary>
    public bool DeclaresData(int action) => _declaresData[action];

    /// <summary>Collects what a channel wires.</summary>
    /// <param name="maxDepth">How deep an input may be nested.</param>
    internal sealed class Builder(int maxDepth = JsonDepth.Default)
    {
        private readonly List<RoutingKey> _keys = [];
        private readonly List<bool> _declaresData = [];

        /// <param name="key">The routing key; keys are tried in the order in which they first come here.</param>
        /// <param name="value">The value that a message names.</param>
        /// <param name="action">The number of what is wired there, counted from 0.</param>
        /// <param name="declaresData">Whether its input has a property <c>data</c> of its own.</param>
        public Builder Add(string key, string value, int action, bool declaresData = false)
        {
            var index = _keys.FindIndex(k => k.Name == key);
            if (index < 0)
            {
                index = _keys.Count;
                _keys.Add(new RoutingKey(key));
            }

            _keys[index].Add(value, action);
            while (_declaresData.Count <= action)
                _declaresData.Add(false);
            _declaresData[action] = declaresData;
            return this;
        }

        public RoutingTable Build()
        {
            // A client's answers to calls are to be found on a channel that routes by other keys, too.
            var defaultKey = _keys.FindIndex(key => key.Name == RemoteProtocol.Key);
            return defaultKey >= 0
                ? new RoutingTable([.. _keys], _keys.Count, defaultKey, [.. _declaresData], maxDepth)
                : new RoutingTable([.. _keys, new RoutingKey(RemoteProtocol.Key)], _keys.Count, _keys.Count, [.. _declaresData], maxDepth);
        }
    }
}
