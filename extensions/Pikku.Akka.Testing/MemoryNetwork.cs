using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Pikku.Akka.Testing;

/// <summary>
/// The network of one host: Kestrel accepts connections from it instead of from sockets, whatever addresses the application configures. No port is opened, and requests
/// and sockets run through the same code as in production.
/// </summary>
internal sealed class MemoryNetwork : IConnectionListenerFactory
{
    /// <summary>The port in addresses. Nothing listens on it.</summary>
    public const int Port = 80;

    private readonly Channel<ConnectionContext> _waiting = Channel.CreateUnbounded<ConnectionContext>();
    private readonly ConcurrentDictionary<int, PikkuTestLink> _links = new();
    private readonly Lock _gate = new();
    private int _number;
    private bool _unplugged;

    /// <summary>The open links, in the order in which they were opened.</summary>
    public IReadOnlyList<PikkuTestLink> Links
    {
        get
        {
            foreach (var (number, link) in _links)
                if (!link.IsOpen)
                    _links.TryRemove(number, out _);
            return [.. _links.Values.OrderBy(link => link.Number)];
        }
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new Listener(endpoint, _waiting.Reader));

    /// <summary>Opens a connection.</summary>
    public PikkuTestLink Connect()
    {
        lock (_gate)
        {
            var link = new PikkuTestLink(++_number);
            _links[link.Number] = link;
            if (_unplugged)
                link.Unplug();
            _waiting.Writer.TryWrite(link.Server);
            return link;
        }
    }

    /// <summary>Stops or continues the traffic of all connections, and of those that are opened in the meantime.</summary>
    public void SetUnplugged(bool unplugged)
    {
        lock (_gate)
        {
            _unplugged = unplugged;
            foreach (var link in Links)
                if (unplugged)
                    link.Unplug();
                else
                    link.Replug();
        }
    }

    private sealed class Listener(EndPoint endpoint, ChannelReader<ConnectionContext> waiting) : IConnectionListener
    {
        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => endpoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbound.Token);
            try
            {
                return await waiting.ReadAsync(linked.Token);
            }
            catch (OperationCanceledException) when (_unbound.IsCancellationRequested)
            {
                return null;
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _unbound.Cancel();
            return default;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
