using System.Text.Json;

namespace Pikku.Akka.Channels;

/// <summary>
/// Channels that packages such as the console add when they are mapped. They run like the channels of the application, with JSON options of their own, and are not part of
/// its contract: generated clients and the AsyncAPI document do not contain them, and its middleware, permissions and sessions do not apply to them. Not thread-safe:
/// routes are mapped by one thread before the start.
/// </summary>
internal sealed class CompanionChannels
{
    private readonly List<(CompiledChannel Channel, JsonSerializerOptions Json)> _channels = [];
    private bool _isRead;

    /// <summary>Adds a channel.</summary>
    /// <exception cref="InvalidOperationException">The node has been created already.</exception>
    public void Add(CompiledChannel channel, JsonSerializerOptions json)
    {
        if (_isRead)
            throw new InvalidOperationException($"The channel '{channel.Name}' is mapped too late: the services of the node have been created already. Map it before a service of Pikku.Akka is used.");
        _channels.Add((channel, json));
    }

    /// <summary>All channels. None can be added any more.</summary>
    public IReadOnlyList<(CompiledChannel Channel, JsonSerializerOptions Json)> Read()
    {
        _isRead = true;
        return _channels;
    }
}
