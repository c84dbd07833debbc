using Pikku.Akka.Benchmarks.Load.Connections;

namespace Pikku.Akka.Benchmarks.Load.Protocols;

/// <summary>The application protocol inside the WebSocket: requests, subscriptions and publishes, and how to read the answers.</summary>
internal abstract class Protocol
{
    private readonly MessageBuilder _builder = new();

    public static Protocol Create(string name) => name switch
    {
        "raw" => new RawProtocol(),
        "pikku" => new PikkuProtocol(),
        "pikku.v1" => new PikkuV1Protocol(),
        "signalr" => new SignalRProtocol(),
        "socketio" => new SocketIoProtocol(),
        _ => throw new ArgumentException($"unknown protocol {name}"),
    };

    /// <summary>The subprotocol of the WebSocket; null for none.</summary>
    public virtual string? Subprotocol => null;

    /// <summary>The request path if the URL has none. <paramref name="pubsub"/> is true for modes with topics.</summary>
    public virtual string DefaultPath(bool pubsub) => "/";

    /// <summary>Called when the WebSocket is open; returns true if no further handshake is needed.</summary>
    public virtual bool OnOpen(Conn c) => true;

    public virtual bool OnHandshakeMessage(Conn c, ReadOnlySpan<byte> message) => true;

    public abstract void SendEcho(Conn c, uint correlation, ReadOnlySpan<byte> payload);

    public abstract void SendSubscribe(Conn c, ReadOnlySpan<byte> topic);

    public abstract void SendPublish(Conn c, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload);

    /// <summary>How often a client of the protocol sends <see cref="SendKeepAlive"/> although it has nothing to say, in seconds; null for never.</summary>
    public virtual double? KeepAliveInterval => null;

    public virtual void SendKeepAlive(Conn c)
    {
    }

    public abstract void Parse(Conn c, ReadOnlySpan<byte> message, IHandler handler);

    protected MessageBuilder Begin(ReadOnlySpan<byte> text) => _builder.Begin(text);

    /// <summary>Returns the bytes after <paramref name="key"/> up to the next quote, or an empty span.</summary>
    public static ReadOnlySpan<byte> Quoted(ReadOnlySpan<byte> message, ReadOnlySpan<byte> key)
    {
        var at = message.IndexOf(key);
        if (at < 0)
            return default;
        message = message[(at + key.Length)..];
        var end = message.IndexOf((byte)'"');
        return end < 0 ? default : message[..end];
    }

    /// <summary>Returns the payload inside a message: from the marker to the next quote or the end.</summary>
    protected static ReadOnlySpan<byte> FindPayload(ReadOnlySpan<byte> message)
    {
        var at = message.IndexOf(Payload.Marker);
        if (at < 0)
            return default;
        message = message[at..];
        var end = message.IndexOf((byte)'"');
        return end < 0 ? message : message[..end];
    }
}
