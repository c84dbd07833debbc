using System.Text;

namespace Pikku.Akka.Protocol;

/// <summary>The routing keys of a channel and the actions that their values name, looked up as UTF-8, without a string being made.</summary>
internal sealed class RoutingTable
{
    private readonly Key[] _keys;

    private RoutingTable(Key[] keys) => _keys = keys;

    /// <summary>How many routing keys there are, in the order in which they are tried.</summary>
    public int KeyCount => _keys.Length;

    public string KeyOf(int key) => _keys[key].Name;

    /// <summary>The name of a routing key as JSON, quotes and escapes included.</summary>
    public ReadOnlySpan<byte> JsonKeyOf(int key) => _keys[key].Json;

    public ReadOnlySpan<byte> Utf8KeyOf(int key) => _keys[key].Utf8;

    /// <summary>The action that a value of a routing key names, -1 for none; and whether its input itself has a property <c>data</c>.</summary>
    public int Find(int key, ReadOnlySpan<byte> value, out bool declaresData) => _keys[key].Find(value, out declaresData);

    /// <summary>Collects what a channel wires.</summary>
    internal sealed class Builder
    {
        private readonly OrderedDictionary<string, List<(byte[] Value, int Action, bool DeclaresData)>> _keys = new(StringComparer.Ordinal);

        public void Add(string key, string value, int action, bool declaresData)
        {
            if (!_keys.TryGetValue(key, out var values))
                _keys.Add(key, values = []);
            values.Add((Encoding.UTF8.GetBytes(value), action, declaresData));
        }

        public RoutingTable Build() => new([.. _keys.Select(k => new Key(k.Key, k.Value))]);
    }

    private sealed class Key
    {
        private readonly Entry[] _entries;
        private readonly int[] _buckets;

        public Key(string name, List<(byte[] Value, int Action, bool DeclaresData)> values)
        {
            Name = name;
            Utf8 = Encoding.UTF8.GetBytes(name);
            Json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(name);
            _buckets = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)values.Count * 2)];
            Array.Fill(_buckets, -1);
            _entries = new Entry[values.Count];
            for (var i = 0; i < _entries.Length; i++)
            {
                var (value, action, declaresData) = values[i];
                ref var bucket = ref _buckets[BucketOf(value)];
                _entries[i] = new Entry(value, action, declaresData, bucket);
                bucket = i;
            }
        }

        public string Name { get; }

        public byte[] Utf8 { get; }

        public byte[] Json { get; }

        public int Find(ReadOnlySpan<byte> value, out bool declaresData)
        {
            for (var i = _buckets[BucketOf(value)]; i >= 0; i = _entries[i].Next)
            {
                ref readonly var entry = ref _entries[i];
                if (!value.SequenceEqual(entry.Value))
                    continue;
                declaresData = entry.DeclaresData;
                return entry.Action;
            }

            declaresData = false;
            return -1;
        }

        // The values are the application's, so nobody can choose them to collide; length and both ends tell names apart well.
        private int BucketOf(ReadOnlySpan<byte> value) =>
            value.IsEmpty ? 0 : ((value.Length * 31 + value[0]) * 31 + value[^1] + value[value.Length / 2] * 7) & (_buckets.Length - 1);

        private readonly record struct Entry(byte[] Value, int Action, bool DeclaresData, int Next);
    }
}
