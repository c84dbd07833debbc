using System.Collections.Frozen;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>
/// The messages and the functions that a channel declares for its clients. Generated clients contain these and nothing else, so a message or a call
/// that differs from them would reach a client that cannot handle it. Thread-safe.
/// </summary>
/// <param name="channel">The name of the channel.</param>
/// <param name="messages">The messages of <c>AddClientMessage</c>.</param>
/// <param name="functions">The functions of <c>AddClientFunction</c>.</param>
/// <param name="welcome">The type of the result of <c>OnConnect</c>, which clients receive as a message; null without a result.</param>
internal sealed class ClientDeclarations(string channel, IEnumerable<MessageDeclaration> messages, IEnumerable<RemoteDeclaration> functions, Type? welcome = null)
{
    // Two modules may declare the same message.
    private readonly FrozenDictionary<Type, string?> _messages =
        messages.DistinctBy(message => message.Type).ToFrozenDictionary(message => message.Type, message => message.Name);
    private readonly FrozenSet<string> _names = messages.Select(message => message.Name).OfType<string>().ToFrozenSet(StringComparer.Ordinal);
    private readonly FrozenDictionary<string, RemoteDeclaration> _functions =
        functions.ToFrozenDictionary(function => function.Name, StringComparer.Ordinal);

    /// <summary>True when clients of the channel know messages of this type.</summary>
    public bool Declares(Type type) => type == welcome || _messages.ContainsKey(type);

    /// <summary>True for the messages that the declarations do not restrict: binary data, which clients handle separately, and untyped JSON.</summary>
    public static bool IsFree(Type type) => BinaryValue.IsBinary(type) || ScalarTypes.IsUntyped(type);

    /// <summary>True when the channel may send a message of this type. A channel that adds no messages may send every type.</summary>
    public bool Accepts(Type type) => _messages.Count == 0 || Declares(type) || IsFree(type);

    /// <summary>Checks the type of a message, see <see cref="Accepts(Type)"/>.</summary>
    /// <exception cref="InvalidOperationException">The channel declares other messages.</exception>
    public void CheckMessage(Type type)
    {
        if (Accepts(type))
            return;
        throw new InvalidOperationException(
            $"The channel '{channel}' declares the messages that it sends, and {type} is not among them. Declare it with AddClientMessage<{type.Name}>(), or send "
            + $"one of: {string.Join(", ", _messages.Keys.Select(message => message.Name).Order(StringComparer.Ordinal))}.");
    }

    /// <summary>The name of a message on <c>pikku.v1</c>; null for a type that the channel does not declare, or that has no name.</summary>
    public string? NameOf(Type type) => _messages.GetValueOrDefault(type);

    /// <summary>True when the channel declares a message of this name.</summary>
    public bool HasMessage(string name) => _names.Contains(name);

    /// <summary>True when the channel declares the function.</summary>
    public bool HasFunction(string name) => _functions.ContainsKey(name);

    /// <summary>Checks the types of a call. A function that the channel does not declare may have any types.</summary>
    /// <exception cref="InvalidOperationException">The channel declares the function with other types.</exception>
    public void CheckFunction(string name, Type input, Type output)
    {
        if (!_functions.TryGetValue(name, out var declared) || (Accepts(declared.Input, input) && Accepts(declared.Output, output)))
            return;
        throw new InvalidOperationException(
            $"The channel '{channel}' declares the function '{name}' of its clients as {declared.Input} → {declared.Output}, and the call uses {input} → {output}. "
            + "Use one ClientFunction for the declaration and for the call.");
    }

    private static bool Accepts(Type declared, Type used) =>
        declared == used || ScalarTypes.IsUntyped(used) || Nullable.GetUnderlyingType(used) == declared;
}
