using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using Pikku.Akka.Benchmarks.Load.Protocols;

namespace Pikku.Akka.Benchmarks.Load.Connections;

/// <summary>A single-threaded epoll loop that owns every connection.</summary>
internal sealed unsafe class EventLoop
{
    private const int MaxEvents = 1024, BufferSize = 256 * 1024;
    private readonly int _ep = Native.epoll_create1(0);
    private readonly byte* _events = (byte*)NativeMemory.Alloc((nuint)(MaxEvents * Native.EpollEventSize));
    private readonly byte[] _buffer = GC.AllocateArray<byte>(BufferSize, pinned: true);
    private readonly List<Conn> _conns = [];
    private readonly List<Conn> _dirty = [];
    private readonly Queue<Conn> _toConnect = new();
    private readonly Options _o;
    private readonly Protocol _protocol;
    private readonly string _path;
    private int _connecting;

    public IHandler Handler = null!;
    public int Ready, Failed, Pings;
    /// <summary>Stopwatch ticks (ns), read once per received batch: the arrival time of everything in the batch.</summary>
    public long Now = Stopwatch.GetTimestamp();

    public EventLoop(Options o, Protocol protocol, string path)
    {
        if (Stopwatch.Frequency != 1_000_000_000) throw new PlatformNotSupportedException("expected a nanosecond clock");
        if (_ep < 0) throw new InvalidOperationException("epoll_create1 failed");
        _o = o; _protocol = protocol; _path = path;
    }

    public IReadOnlyList<Conn> Conns => _conns;

    /// <summary>Adds a connection, which the loop opens.</summary>
    /// <param name="url">The server; null for that of the command line.</param>
    public Conn Add(Uri? url = null)
    {
        var c = new Conn(this, _conns.Count, url ?? _o.Url);
        _conns.Add(c);
        _toConnect.Enqueue(c);
        return c;
    }

    /// <summary>
    /// Runs until <paramref name="until"/> returns true or the time is up; returns true in the first case. <paramref name="tick"/>
    /// is called once
    /// per iteration and returns the time (ns) of its next call, or <see cref="long.MaxValue"/>.
    /// </summary>
    public bool Run(double seconds, Func<bool>? until = null, Func<long>? tick = null)
    {
        long end = Stopwatch.GetTimestamp() + (long)(seconds * 1e9);
        while (true)
        {
            Now = Stopwatch.GetTimestamp();
            if (until != null && until()) return true;
            if (Now >= end) return false;
            while (_connecting < _o.ConnectParallel && _toConnect.TryDequeue(out Conn? c)) StartConnect(c);
            long wake = Math.Min(end, Now + 20_000_000);
            if (tick != null) { wake = Math.Min(wake, tick()); FlushDirty(); }
            Wait(Math.Max(0, wake - Stopwatch.GetTimestamp()));
        }
    }

    private void Wait(long ns)
    {
        var ts = new Native.TimeSpec { Sec = ns / 1_000_000_000, Nsec = ns % 1_000_000_000 };
        int n = Native.epoll_pwait2(_ep, _events, MaxEvents, &ts, null);
        for (int i = 0; i < n; i++)
        {
            byte* e = _events + i * Native.EpollEventSize;
            uint flags = *(uint*)e;
            Conn c = _conns[(int)Marshal.ReadInt64((nint)(e + Native.EpollDataOffset))];
            if (c.State == ConnState.Closed) continue;
            if (c.State == ConnState.Connecting)
            {
                int err = 0, len = 4;
                Native.getsockopt(c.Fd, Native.SOL_SOCKET, Native.SO_ERROR, &err, &len);
                if (err != 0) { Close(c, $"connect errno {err}"); continue; }
                c.State = ConnState.Upgrading;
                SetInterest(c, false);
                c.QueueUpgrade(_path, _protocol.Subprotocol);
            }
            else
            {
                if ((flags & Native.EPOLLOUT) != 0 && c.Flush() && c.State != ConnState.Closed) SetInterest(c, false);
                if ((flags & (Native.EPOLLIN | Native.EPOLLERR | Native.EPOLLHUP)) != 0) Receive(c);
            }
            FlushDirty();
        }
    }

    private void Receive(Conn c)
    {
        fixed (byte* p = _buffer)
        {
            nint got;
            do
            {
                got = Native.recv(c.Fd, p, BufferSize, 0);
                if (got == 0) { Close(c, "connection closed without a close frame"); return; }
                if (got < 0)
                {
                    int e = Marshal.GetLastPInvokeError();
                    if (e is not (Native.EAGAIN or Native.EINTR)) Close(c, $"recv errno {e}");
                    return;
                }
                Now = Stopwatch.GetTimestamp();
                c.OnBytes(_buffer.AsSpan(0, (int)got));
            } while (got == BufferSize && c.State != ConnState.Closed);
        }
    }

    public void MarkDirty(Conn c)
    {
        if (c.Dirty) return;
        c.Dirty = true;
        _dirty.Add(c);
    }

    public void FlushDirty()
    {
        for (int i = 0; i < _dirty.Count; i++)
        {
            Conn c = _dirty[i];
            c.Dirty = false;
            if (c.State == ConnState.Closed || c.WantWrite) continue;
            if (!c.Flush()) SetInterest(c, true);
        }
        _dirty.Clear();
    }

    private void SetInterest(Conn c, bool write) => Control(c, Native.EPOLL_CTL_MOD, write);

    private void Control(Conn c, int op, bool write)
    {
        c.WantWrite = write;
        Span<byte> ev = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(ev, Native.EPOLLIN | (write ? Native.EPOLLOUT : 0));
        BinaryPrimitives.WriteInt64LittleEndian(ev[Native.EpollDataOffset..], c.Index);
        fixed (byte* p = ev) Native.epoll_ctl(_ep, op, c.Fd, p);
    }

    private void StartConnect(Conn c)
    {
        _connecting++;
        c.Fd = Native.socket(Native.AF_INET, Native.SOCK_STREAM | Native.SOCK_NONBLOCK | Native.SOCK_CLOEXEC, 0);
        if (c.Fd < 0) { Close(c, $"socket errno {Marshal.GetLastPInvokeError()} (too many open files?)"); return; }
        int one = 1;
        Native.setsockopt(c.Fd, Native.IPPROTO_TCP, Native.TCP_NODELAY, &one, 4);
        IPAddress target = IPAddress.Parse(c.Url.Host == "localhost" ? "127.0.0.1" : c.Url.Host);
        if (IPAddress.IsLoopback(target))
        {
            // Spread over 127.0.0.2, .3, … so that ephemeral ports suffice.
            Native.setsockopt(c.Fd, Native.IPPROTO_IP, Native.IP_BIND_ADDRESS_NO_PORT, &one, 4);
            var from = Address(new IPAddress([127, 0, 0, (byte)(2 + c.Index / _o.PerSource % 250)]), 0);
            Native.bind(c.Fd, &from, sizeof(Native.SockAddrIn));
        }
        var to = Address(target, c.Url.Port);
        int r = Native.connect(c.Fd, &to, sizeof(Native.SockAddrIn));
        int e = r == 0 ? 0 : Marshal.GetLastPInvokeError();
        if (e is not (0 or Native.EINPROGRESS)) { Close(c, $"connect errno {e}"); return; }
        Control(c, Native.EPOLL_CTL_ADD, true);
    }

    private static Native.SockAddrIn Address(IPAddress ip, int port) => new()
    {
        Family = Native.AF_INET,
        PortBe = BinaryPrimitives.ReverseEndianness((ushort)port),
        AddrBe = BitConverter.ToUInt32(ip.GetAddressBytes()),
    };

    public void OnUpgraded(Conn c)
    {
        c.State = ConnState.Handshaking;
        if (_protocol.OnOpen(c)) MarkReady(c);
    }

    public void OnMessage(Conn c, ReadOnlySpan<byte> message)
    {
        if (c.State == ConnState.Handshaking)
        {
            if (_protocol.OnHandshakeMessage(c, message)) MarkReady(c);
            return;
        }
        _protocol.Parse(c, message, Handler);
    }

    private void MarkReady(Conn c)
    {
        c.State = ConnState.Ready;
        Ready++;
        _connecting--;
        Handler.OnReady(c);
    }

    public void Close(Conn c, string reason)
    {
        if (c.State == ConnState.Closed) return;
        if (c.State == ConnState.Ready) Ready--; else _connecting--;
        c.State = ConnState.Closed;
        c.CloseReason = reason;
        Failed++;
        if (c.Fd >= 0) { Native.close(c.Fd); c.Fd = -1; }
        Handler.OnClosed(c, reason);
    }

    /// <summary>Opens every added connection; throws if some cannot be opened in time.</summary>
    public double ConnectAll(double timeoutSeconds, Func<long>? tick = null)
    {
        long t0 = Stopwatch.GetTimestamp();
        bool ok = Run(timeoutSeconds, () => Ready + Failed == _conns.Count, tick);
        double took = (Stopwatch.GetTimestamp() - t0) / 1e9;
        if (!ok || Failed > 0)
            throw new InvalidOperationException($"only {Ready} of {_conns.Count} connections opened; {Failed} failed: " +
                string.Join("; ", _conns.Where(c => c.CloseReason != null).Select(c => c.CloseReason).Distinct().Take(3)));
        return took;
    }

    /// <summary>Drops every connection at once, without a closing handshake, because the run is over.</summary>
    public void CloseAll()
    {
        foreach (Conn c in _conns)
            if (c.Fd >= 0) { c.State = ConnState.Closed; Native.close(c.Fd); c.Fd = -1; }
    }
}
