namespace Pikku.Akka.Tests.Interoperability;

/// <summary>A WebSocket client that is not part of this repository. It has one connection at a time.</summary>
internal interface IForeignClient : IAsyncDisposable
{
    /// <summary>Connects.</summary>
    /// <param name="address">The address of the channel.</param>
    /// <param name="subprotocol">The subprotocol to offer; null for none.</param>
    /// <param name="offer">The compression to offer; null for none. A client without <see cref="Abilities.Parameters"/> offers what it always does.</param>
    Task<Handshake> OpenAsync(Uri address, string? subprotocol = null, DeflateParameters? offer = null);

    /// <summary>Sends a text message in one or more frames.</summary>
    Task SendAsync(params string[] fragments);

    /// <summary>Sends a binary message.</summary>
    Task SendBytesAsync(byte[] bytes);

    /// <summary>Sends a text message with these bytes, which need not be UTF-8.</summary>
    Task SendAsTextAsync(byte[] bytes);

    /// <summary>Sends a ping, and returns when the pong has arrived.</summary>
    Task PingAsync();

    /// <summary>Begins the closing handshake.</summary>
    Task CloseAsync(int code, string reason);

    /// <summary>The next message: a text, <c>bytes HEX</c>, or <c>close CODE REASON</c>.</summary>
    Task<string> ReceiveAsync();
}
