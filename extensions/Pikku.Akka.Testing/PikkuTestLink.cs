using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Pikku.Akka.Testing;

namespace Pikku.Akka;

/// <summary>
/// A connection between a client and a host, without a network. It is bounded in both directions like the buffers of a socket, and a test can make it fail like one.
/// All members are thread-safe.
/// </summary>
public sealed class PikkuTestLink
{
    // As a rule, a socket buffers some tens of KiB at each end.
    private const int Buffer = 64 * 1024; // bytes

    private readonly ServerPipe _server;
    private readonly ClientStream _client;
    private readonly ServerConnection _connection;
    private long _stuckAt = -1;

    internal PikkuTestLink(int number)
    {
        var options = new PipeOptions(pauseWriterThreshold: Buffer, resumeWriterThreshold: Buffer / 2, useSynchronizationContext: false);
        var (toServer, toClient) = (new Pipe(options), new Pipe(options));
        Number = number;
        _server = new ServerPipe(toServer, toClient);
        _client = new ClientStream(toClient, toServer, OnClientGone);
        _connection = new ServerConnection(this, $"test-{number}");
    }

    /// <summary>The number of the connection on its host, counted from 1.</summary>
    public int Number { get; }

    /// <summary>True until one of the two ends has closed the connection or it was cut.</summary>
    public bool IsOpen => !_connection.IsClosed;

    internal Stream Client => _client;

    internal ConnectionContext Server => _connection;

    /// <summary>The user that the connection's requests have without a token; null for none.</summary>
    internal ClaimsPrincipal? User { get; set; }

    /// <summary>The number of bytes that were written so far, in both directions.</summary>
    internal long Bytes => _server.Written + _client.Written;

    /// <summary>False when the client does not read.</summary>
    internal bool Reads => IsOpen && !_client.IsPaused && Bytes != Volatile.Read(ref _stuckAt);

    /// <summary>
    /// True when both ends have read what was written and wait for more, or when nothing can be expected of the link: it is closed, the client does not read, or the last
    /// wait has shown that an end does not read (<see cref="MarkStuck"/>).
    /// </summary>
    internal bool IsQuiet =>
        !Reads || (_server.WaitsAt == _client.Written && _client.WaitsAt == _server.Written);

    /// <summary>
    /// Stops reading on the side of the client. What the server sends fills the connection and then waits in the outbox, as for a client that is too slow. The client does
    /// not receive pings in the meantime.
    /// </summary>
    public void StopReading() => _client.Pause();

    /// <summary>Continues after <see cref="StopReading"/>.</summary>
    public void ResumeReading() => _client.Resume();

    /// <summary>Cuts the connection without a close frame. Both ends notice it at once, as after a TCP reset.</summary>
    public void Cut()
    {
        _client.Cut(new ConnectionResetException("The connection was cut by the test."));
        OnClientGone();
    }

    /// <summary>
    /// Stops all traffic in both directions, as if the cable was unplugged. Neither end notices it until it waits in vain for an answer: the server for the answer to its ping.
    /// </summary>
    public void Unplug()
    {
        _client.Discard(on: true);
        _client.Pause();
    }

    /// <summary>Continues after <see cref="Unplug"/>. What the client sent in the meantime is lost.</summary>
    public void Replug()
    {
        _client.Discard(on: false);
        _client.Resume();
    }

    /// <inheritdoc/>
    public override string ToString() => $"connection {Number} ({(IsOpen ? _client.IsPaused ? "client does not read" : "open" : "closed")})";

    internal void MarkStuck() => Volatile.Write(ref _stuckAt, Bytes);

    private void OnClientGone()
    {
        _server.CutOutput();
        _connection.Close();
    }

    private void OnServerAborted()
    {
        _server.CutOutput();
        _client.Cut(new ConnectionAbortedException());
    }

    /// <summary>The connection as Kestrel sees it.</summary>
    private sealed class ServerConnection : DefaultConnectionContext, IMemoryPoolFeature
    {
        private readonly PikkuTestLink _link;
        private readonly CancellationTokenSource _closed = new();
        private bool _isClosed;

        public ServerConnection(PikkuTestLink link, string id)
            : base(id, link._server, link._server)
        {
            _link = link;
            ConnectionClosed = _closed.Token;
            RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, link.Number);
            LocalEndPoint = new IPEndPoint(IPAddress.Loopback, MemoryNetwork.Port);
            Features.Set(link);
            Features.Set<IMemoryPoolFeature>(this);
        }

        public MemoryPool<byte> MemoryPool => BlockPool.Instance;

        public bool IsClosed => Volatile.Read(ref _isClosed);

        public void Close()
        {
            Volatile.Write(ref _isClosed, true);
            // The callbacks are those of the server, which must not run on the thread of a test.
            ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false);
        }

        public override void Abort(ConnectionAbortedException abortReason)
        {
            _link.OnServerAborted();
            Close();
        }

        public override ValueTask DisposeAsync()
        {
            Transport.Input.Complete();
            Transport.Output.Complete();
            Close();
            return base.DisposeAsync();
        }
    }
}
