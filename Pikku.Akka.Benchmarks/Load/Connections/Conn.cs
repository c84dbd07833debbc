using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Pikku.Akka.Benchmarks.Load.Connections;

/// <summary>
/// One WebSocket client connection driven by <see cref="EventLoop"/>: HTTP upgrade, RFC 6455 framing
/// (masked client frames, fragmented and extended-length server frames, ping/pong, close).
/// Never touched by more than one thread.
/// </summary>
internal sealed unsafe class Conn(EventLoop loop, int index, Uri url)
{
    public readonly int Index = index;
    public readonly Uri Url = url;
    public int Fd = -1;
    public ConnState State = ConnState.Connecting;
    public object? Tag;                     // mode-specific state
    public bool Dirty, WantWrite;
    public string? CloseReason;

    private byte[] _out = new byte[256];
    private int _outStart, _outEnd;
    private byte[] _carry = [];             // bytes of an incomplete frame (or of the HTTP response)
    private int _carryLen;
    private byte[] _fragment = [];          // payload of a fragmented message so far
    private int _fragmentLen;
    private int _fragmentOpcode;
    private string _expectedAccept = "";

    /// <summary>The mask key of the client. It is fixed and non-zero, so that servers must unmask.</summary>
    private const uint Mask = 0x5A17C3E9;

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 §1.3 requires SHA-1; it protects nothing secret.")]
    public void QueueUpgrade(string path, string? subprotocol)
    {
        Span<byte> nonce = stackalloc byte[16];
        Random.Shared.NextBytes(nonce);
        string key = Convert.ToBase64String(nonce);
        _expectedAccept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        Append(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {Url.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            $"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n" +
            (subprotocol is null ? "\r\n" : $"Sec-WebSocket-Protocol: {subprotocol}\r\n\r\n")));
    }

    private void Append(ReadOnlySpan<byte> raw)
    {
        raw.CopyTo(Reserve(raw.Length));
        _outEnd += raw.Length;
        loop.MarkDirty(this);
    }

    private Span<byte> Reserve(int length)
    {
        if (_outStart == _outEnd) _outStart = _outEnd = 0;
        if (_out.Length - _outEnd < length)
        {
            var bigger = new byte[Math.Max(_out.Length * 2, _outEnd - _outStart + length)];
            _out.AsSpan(_outStart, _outEnd - _outStart).CopyTo(bigger);
            _outEnd -= _outStart; _outStart = 0; _out = bigger;
        }
        return _out.AsSpan(_outEnd, length);
    }

    /// <summary>Queues one complete masked frame. The loop sends it when it flushes this connection.</summary>
    public void SendFrame(int opcode, ReadOnlySpan<byte> body)
    {
        if (State == ConnState.Closed) return;
        int header = body.Length < 126 ? 6 : body.Length <= ushort.MaxValue ? 8 : 14;
        Span<byte> to = Reserve(header + body.Length);
        to[0] = (byte)(0x80 | opcode);
        if (header == 6) to[1] = (byte)(0x80 | body.Length);
        else if (header == 8) { to[1] = 0x80 | 126; BinaryPrimitives.WriteUInt16BigEndian(to[2..], (ushort)body.Length); }
        else { to[1] = 0x80 | 127; BinaryPrimitives.WriteUInt64BigEndian(to[2..], (ulong)body.Length); }
        BinaryPrimitives.WriteUInt32LittleEndian(to[(header - 4)..], Mask);
        MaskCopy(body, to[header..]);
        _outEnd += header + body.Length;
        loop.MarkDirty(this);
    }

    private static void MaskCopy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var key = Vector.AsVectorByte(new Vector<uint>(Mask));
        int i = 0;
        for (; i <= from.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            (new Vector<byte>(from[i..]) ^ key).CopyTo(to[i..]);
        for (; i < from.Length; i++) to[i] = (byte)(from[i] ^ (byte)(Mask >> (8 * (i & 3))));
    }

    /// <summary>Writes queued frames; returns false if the socket is full and EPOLLOUT is needed.</summary>
    public bool Flush()
    {
        fixed (byte* p = _out)
        {
            while (_outStart < _outEnd)
            {
                nint n = Native.send(Fd, p + _outStart, _outEnd - _outStart, Native.MSG_NOSIGNAL);
                if (n >= 0) { _outStart += (int)n; continue; }
                int e = Marshal.GetLastPInvokeError();
                if (e == Native.EINTR) continue;
                if (e == Native.EAGAIN) return false;
                loop.Close(this, $"send errno {e}");
                return true;
            }
        }
        return true;
    }

    /// <summary>Processes received bytes and passes complete messages to the loop's handler.</summary>
    public void OnBytes(Span<byte> data)
    {
        if (_carryLen > 0)
        {
            Grow(ref _carry, _carryLen, data.Length);
            data.CopyTo(_carry.AsSpan(_carryLen));
            int total = _carryLen + data.Length;
            int used = Consume(_carry.AsSpan(0, total));
            if (State == ConnState.Closed) return;
            _carry.AsSpan(used, total - used).CopyTo(_carry);
            _carryLen = total - used;
        }
        else
        {
            int used = Consume(data);
            if (State == ConnState.Closed || used == data.Length) return;
            Grow(ref _carry, 0, data.Length - used);
            data[used..].CopyTo(_carry);
            _carryLen = data.Length - used;
        }
    }

    private static void Grow(ref byte[] buffer, int keep, int more)
    {
        if (buffer.Length - keep >= more) return;
        var bigger = new byte[Math.Max(Math.Max(buffer.Length * 2, 512), keep + more)];
        buffer.AsSpan(0, keep).CopyTo(bigger);
        buffer = bigger;
    }

    private int Consume(Span<byte> data)
    {
        int at = 0;
        if (State == ConnState.Upgrading)
        {
            int end = data.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                if (data.Length > 16384) loop.Close(this, "upgrade response too long");
                return 0;
            }
            string response = Encoding.Latin1.GetString(data[..end]);
            if (!response.StartsWith("HTTP/1.1 101", StringComparison.Ordinal)
                || !response.Contains(_expectedAccept, StringComparison.Ordinal))
            {
                loop.Close(this, "upgrade refused: " + response.Split('\r')[0]);
                return 0;
            }
            at = end + 4;
            loop.OnUpgraded(this);
        }
        while (State != ConnState.Closed)
        {
            Span<byte> f = data[at..];
            if (f.Length < 2) break;
            int opcode = f[0] & 15;
            bool fin = (f[0] & 0x80) != 0;
            if ((f[0] & 0x70) != 0) { loop.Close(this, "reserved bit set"); break; }
            if ((f[1] & 0x80) != 0) { loop.Close(this, "masked server frame"); break; }
            int header = 2; long length = f[1] & 0x7F;
            if (length == 126) { if (f.Length < 4) break; length = BinaryPrimitives.ReadUInt16BigEndian(f[2..]); header = 4; }
            else if (length == 127) { if (f.Length < 10) break; length = (long)BinaryPrimitives.ReadUInt64BigEndian(f[2..]); header = 10; }
            if (length is < 0 or > 64 << 20) { loop.Close(this, "frame too long"); break; }
            if (f.Length < header + length) break;
            Span<byte> body = f.Slice(header, (int)length);
            at += header + (int)length;
            if (opcode >= Opcode.Close) { OnControl(opcode, fin, body); continue; }
            if (opcode == Opcode.Continuation)
            {
                if (_fragmentOpcode == 0) { loop.Close(this, "continuation without start"); break; }
                AddFragment(body);
                if (fin)
                {
                    _fragmentOpcode = 0;
                    loop.OnMessage(this, _fragment.AsSpan(0, _fragmentLen));
                    _fragmentLen = 0;
                }
            }
            else if (_fragmentOpcode != 0) { loop.Close(this, "new message inside a fragmented one"); break; }
            else if (fin) loop.OnMessage(this, body);
            else { _fragmentOpcode = opcode; _fragmentLen = 0; AddFragment(body); }
        }
        return at;
    }

    private void AddFragment(ReadOnlySpan<byte> body)
    {
        Grow(ref _fragment, _fragmentLen, body.Length);
        body.CopyTo(_fragment.AsSpan(_fragmentLen));
        _fragmentLen += body.Length;
    }

    private void OnControl(int opcode, bool fin, ReadOnlySpan<byte> body)
    {
        if (!fin || body.Length > 125) { loop.Close(this, "bad control frame"); return; }
        if (opcode == Opcode.Ping) { loop.Pings++; SendFrame(Opcode.Pong, body); }
        else if (opcode == Opcode.Close)
        {
            int code = body.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(body) : 1005;
            SendFrame(Opcode.Close, body);
            Flush();
            loop.Close(this, $"closed by server, code {code} {Encoding.UTF8.GetString(body.Length > 2 ? body[2..] : default)}");
        }
    }
}
