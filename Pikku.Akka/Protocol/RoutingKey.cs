using System.Text;
using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>The property of a message that names an action, and its wired values.</summary>
internal sealed class RoutingKey
{
    private readonly Dictionary<byte[], int> _actions = new(Utf8Comparer.Instance);
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private int _longest;

    public RoutingKey(string name)
    {
        Name = name;
        Utf8 = Encoding.UTF8.GetBytes(name);
        Json = [(byte)'"', .. JsonEncodedText.Encode(name, PlainJsonEncoder.Instance).EncodedUtf8Bytes, (byte)'"'];
        _lookup = _actions.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public string Name { get; }

    /// <summary>The name, without quotes and escapes.</summary>
    public byte[] Utf8 { get; }

    /// <summary>The name as JSON, including quotes and escapes.</summary>
    public byte[] Json { get; }

    public void Add(string value, int action)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        _actions.Add(utf8, action);
        _longest = Math.Max(_longest, utf8.Length);
    }

    /// <summary>The action of a value, which is the content of a JSON string or the text of a number.</summary>
    public bool TryGetAction(ReadOnlySpan<byte> value, bool escaped, out int action) => escaped
        ? TryGetUnescaped(value, out action)
        : TryGet(value, out action);

    private bool TryGetUnescaped(ReadOnlySpan<byte> value, out int action)
    {
        action = -1;
        if (!JsonText.MayUnescapeTo(value, _longest))
            return false;

        Span<byte> buffer = value.Length <= JsonText.StackLimit ? stackalloc byte[JsonText.StackLimit] : new byte[value.Length];
        return JsonText.TryUnescape(value, buffer, out var written) && TryGet(buffer[..written], out action);
    }

    private bool TryGet(ReadOnlySpan<byte> value, out int action)
    {
        // A value longer than every wired one need not be hashed.
        if (value.Length <= _longest && _lookup.TryGetValue(value, out action))
            return true;
        action = -1;
        return false;
    }
}
