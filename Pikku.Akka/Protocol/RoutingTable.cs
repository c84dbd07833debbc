using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>
/// The routing keys of a channel and the actions for their values, looked up as UTF-8 without creating a string. Built once per channel and read
/// by every message.
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

    /// <summary>How many of <see cref="Tracked"/> are routing keys, in the order in which they are tried; one more property may follow them.</summary>
    public int KeyCount { get; }

    /// <summary>The options for reading messages: the depth of an input plus the envelope.</summary>
    public JsonReaderOptions ReaderOptions { get; }

    /// <summary>The properties that the scanner records.</summary>
    public RoutingKey[] Tracked { get; }

    /// <summary>The index of <see cref="RemoteProtocol.Key"/> in <see cref="Tracked"/>. The reserved actions are found there, whatever the channel routes by.</summary>
    public int DefaultKeyIndex { get; }

    public string KeyOf(int key) => Tracked[key].Name;

    /// <summary>The name of a routing key as JSON, including quotes and escapes.</summary>
    public ReadOnlySpan<byte> JsonKeyOf(int key) => Tracked[key].Json;

    public ReadOnlySpan<byte> Utf8KeyOf(int key) => Tracked[key].Utf8;

    /// <summary>True when the input of an action has its own property <c>data</c>: then its messages are flat (rule B3).</summary>
    public bool DeclaresData(int action) => _declaresData[action];

    /// <summary>Collects the wiring of a channel.</summary>
    /// <param name="maxDepth">The maximum nesting depth of an input.</param>
    internal sealed class Builder(int maxDepth = JsonDepth.Default)
    {
        private readonly List<RoutingKey> _keys = [];
        private readonly List<bool> _declaresData = [];
        private readonly List<(string Value, int Action)> _reserved = [];

        /// <param name="key">The routing key; keys are tried in the order of their first use here.</param>
        /// <param name="value">The value in a message.</param>
        /// <param name="action">The number of the action, counted from 0.</param>
        /// <param name="declaresData">Whether its input has its own property <c>data</c>.</param>
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

        /// <summary>Adds an action of the protocol, which clients call by <see cref="RemoteProtocol.Key"/> on every channel.</summary>
        public Builder AddReserved(string value, int action)
        {
            _reserved.Add((value, action));
            while (_declaresData.Count <= action)
                _declaresData.Add(false);
            return this;
        }

        public RoutingTable Build()
        {
            // The answers of a client to calls, and the reserved actions, must be found even if the channel routes by other keys.
            var defaultKey = _keys.FindIndex(key => key.Name == RemoteProtocol.Key);
            RoutingKey[] tracked = defaultKey >= 0 ? [.. _keys] : [.. _keys, new RoutingKey(RemoteProtocol.Key)];
            if (defaultKey < 0)
                defaultKey = _keys.Count;
            foreach (var (value, action) in _reserved)
                tracked[defaultKey].Add(value, action);
            return new RoutingTable(tracked, _keys.Count, defaultKey, [.. _declaresData], maxDepth);
        }
    }
}
