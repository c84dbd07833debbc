using System.Collections.Frozen;

namespace Pikku.Akka.Channels;

/// <summary>The messages that all channels declare, by type. Thread-safe.</summary>
internal sealed class DeclaredMessages
{
    private readonly FrozenDictionary<Type, (string? Name, string[] Channels)> _byType;

    public DeclaredMessages(IReadOnlyList<CompiledChannel> channels) => _byType = channels
        .SelectMany(channel => channel.Messages, (channel, message) => (channel, message))
        .GroupBy(declared => declared.message.Type)
        .ToFrozenDictionary(
            declared => declared.Key,
            declared => (declared.First().message.Name, declared.Select(one => one.channel.Name).Distinct(StringComparer.Ordinal).ToArray()));

    /// <summary>The name of a type on <c>pikku.v1</c>; null for a type that no channel declares, or that has no name.</summary>
    public string? NameOf(Type type) => _byType.GetValueOrDefault(type).Name;

    /// <summary>The names of the channels that declare a type; empty for none.</summary>
    public string[] ChannelsOf(Type type) => _byType.GetValueOrDefault(type).Channels ?? [];
}
