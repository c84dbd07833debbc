using System.Collections.Frozen;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>
/// The messages and the functions that a channel declares for its clients. Generated clients contain these and nothing else, so a message or a call
/// that differs from them would reach a client that cannot handle it. Thread-safe.
/// </summary>
internal sealed class ClientDeclarations(string channel, IEnumerable<Type> messages, IEnumerable<RemoteDeclaration> functions)
{
    private readonly FrozenSet<Type> _messages = messages.ToFrozenSet();
    private readonly FrozenDictionary<string, RemoteDeclaration> _functions =
        functions.ToFrozenDictionary(function => function.Name, StringComparer.Ordinal);

    /// <summary>Checks the type of a message. A channel that declares no messages accepts every type; binary data and untyped JSON are always accepted.</summary>
    /// <exception cref="InvalidOperationException">The channel declares other messages.</exception>
    public void CheckMessage(Type type)
    {
        if (_messages.Count == 0 || _messages.Contains(type) || BinaryValue.IsBinary(type) || ScalarTypes.IsAnyJson(type))
            return;
        throw new InvalidOperationException(
            $"The channel '{channel}' declares the messages that it sends, and {type} is not among them. Declare it with AddClientMessage<{type.Name}>(), or send "
            + $"one of: {string.Join(", ", _messages.Select(message => message.Name).Order(StringComparer.Ordinal))}.");
    }

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
        declared == used || ScalarTypes.IsAnyJson(Nullable.GetUnderlyingType(used) ?? used) || Nullable.GetUnderlyingType(used) == declared;
}
