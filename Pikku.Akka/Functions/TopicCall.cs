using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Functions;

/// <summary>The subscription that a call asks for. Its <see cref="TopicRunner"/> reads the key and decides whether the client may subscribe.</summary>
/// <param name="name">The name of the topic, as the client wrote it.</param>
/// <param name="values">The values of the placeholders as they are in the name, with their escapes; empty for a single topic.</param>
internal abstract class TopicCall(string name, string[] values)
{
    private JsonTypeInfo? _keyType;

    /// <summary>The values of the placeholders as they are in the name, with their escapes; empty for a single topic.</summary>
    public IReadOnlyList<string> Values { get; } = values;

    /// <summary>The name of the topic, as the client wrote it.</summary>
    public string Name { get; } = name;

    /// <summary>The name of the topic, or the template of its family, as it is declared.</summary>
    public abstract string Template { get; }

    /// <summary>The key; null before it has been read.</summary>
    public object? Key { get; private set; }

    /// <summary>True when the session, the scopes and the permissions allow the subscription. Middleware that does not call the rest of the chain leaves it false.</summary>
    public bool IsAllowed { get; private set; }

    /// <summary>Called before the session is read and the permissions are asked. A change of the session after that is noticed when the subscription is made.</summary>
    public abstract void BeginCheck();

    /// <summary>Sets the key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="type">The JSON metadata of the key; null for a single topic.</param>
    public void SetKey(object? key, JsonTypeInfo? type) => (Key, _keyType) = (key, type);

    /// <summary>Records that the client may subscribe.</summary>
    public void Allow() => IsAllowed = true;

    /// <summary>The key as JSON, for permissions that accept any input; undefined for a single topic.</summary>
    public JsonElement KeyAsJson() => _keyType is null ? default : JsonSerializer.SerializeToElement(Key, _keyType);
}
