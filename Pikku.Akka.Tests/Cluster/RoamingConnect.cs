using System.Net.WebSockets;
using Pikku.Akka.Tests.Clients.CSharp.Generated;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Opens the connections of a generated client: to the node that it was on, or else to the next one that accepts it.</summary>
/// <param name="addresses">The addresses of the nodes.</param>
/// <param name="first">The node to begin with.</param>
internal sealed class RoamingConnect(IReadOnlyList<Uri> addresses, int first)
{
    private readonly SemaphoreSlim _network = new(1, 1);
    private int _node = first;
    private WebSocket? _socket;

    /// <summary>The address of the client, which stands for any node.</summary>
    public static Uri Anywhere { get; } = new("ws://cluster.invalid");

    /// <summary>The node of the connection, or of the next attempt.</summary>
    public int Node => Volatile.Read(ref _node);

    public PikkuOptions Options => new() { Connect = ConnectAsync, MinDelay = TimeSpan.FromMilliseconds(10), MaxDelay = TimeSpan.FromMilliseconds(100) };

    /// <summary>Lets no attempt begin until the returned object is disposed of: the client is away.</summary>
    public async Task<IDisposable> HoldAsync()
    {
        await _network.WaitAsync();
        return new Held(_network);
    }

    /// <summary>Cuts the connection. The next one goes to another node.</summary>
    public void MoveTo(int node)
    {
        Volatile.Write(ref _node, node);
        _socket?.Abort();
    }

    private async Task<WebSocket> ConnectAsync(Uri address, PikkuUpgrade upgrade, CancellationToken cancellationToken)
    {
        await _network.WaitAsync(cancellationToken);
        try
        {
            // A node that is down or drains refuses at once. If all of them do, the client waits before it tries them again.
            for (var attempt = 1; ; attempt++)
            {
                var node = addresses[Node];
                try
                {
                    return _socket = await PikkuUpgrade.ConnectAsync(new UriBuilder(address) { Host = node.Host, Port = node.Port }.Uri, upgrade, cancellationToken);
                }
                catch (Exception error) when (error is WebSocketException or PikkuRefusedException)
                {
                    Volatile.Write(ref _node, (Node + 1) % addresses.Count);
                    if (attempt == addresses.Count)
                        throw;
                }
            }
        }
        finally
        {
            _network.Release();
        }
    }

    private sealed class Held(SemaphoreSlim network) : IDisposable
    {
        public void Dispose() => network.Release();
    }
}
