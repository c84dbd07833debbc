using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Captures the upgraded connection after ASP.NET Core has answered the handshake, for HTTP/1.1 and HTTP/2. The WebSocket of ASP.NET Core gets an empty stream and
/// is not used. A server that provides WebSockets but no byte connection, such as TestServer, is connected through a
/// <see cref="MessageBridge"/>.
/// </summary>
internal sealed class TransportFeatures : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    private readonly IHttpUpgradeFeature? _upgrade;
    private readonly IHttpExtendedConnectFeature? _connect;
    private readonly MessageBridge? _bridge;
    private readonly IConnectionTransportFeature? _transport;

    private TransportFeatures(
        IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect, MessageBridge? bridge, IConnectionTransportFeature? transport) =>
        (_upgrade, _connect, _bridge, _transport) = (upgrade, connect, bridge, transport);

    /// <summary>The bytes of the client; null before the handshake. Nothing else reads from the connection.</summary>
    public PipeReader? Input { get; private set; }

    /// <summary>The bytes for the client; null before the handshake. Nothing else writes to the connection until the request ends.</summary>
    public PipeWriter? Output { get; private set; }

    /// <summary>False when the frames do not reach the client, so that no extension can be negotiated with it.</summary>
    public bool HasFramesOfClient => _bridge is null;

    public bool IsUpgradableRequest => _bridge is not null || _upgrade?.IsUpgradableRequest == true;

    public bool IsExtendedConnect => _connect?.IsExtendedConnect == true;

    public string? Protocol => _connect?.Protocol;

    /// <summary>Replaces the upgrade features of a request.</summary>
    public static void Install(HttpContext context)
    {
        var (upgrade, connect) = (context.Features.Get<IHttpUpgradeFeature>(), context.Features.Get<IHttpExtendedConnectFeature>());
        var features = new TransportFeatures(
            upgrade, connect, upgrade?.IsUpgradableRequest == true || connect?.IsExtendedConnect == true ? null : MessageBridge.For(context),
            context.Features.Get<IConnectionTransportFeature>());
        context.Features.Set(features);
        // If the application calls UseWebSockets itself, its WebSocket feature would bypass this class.
        context.Features.Set<IHttpWebSocketFeature>(null);
        if (features._upgrade is not null || features._bridge is not null)
            context.Features.Set<IHttpUpgradeFeature>(features);
        if (features._connect is not null)
            context.Features.Set<IHttpExtendedConnectFeature>(features);
    }

    /// <summary>Called before the request ends, after the last write.</summary>
    public Task EndAsync() => _bridge?.EndAsync() ?? Task.CompletedTask;

    public async Task<Stream> UpgradeAsync()
    {
        (Input, Output) = _bridge is not null ? await _bridge.OpenAsync() : PipesOf(await _upgrade!.UpgradeAsync());
        return Stream.Null;
    }

    public async ValueTask<Stream> AcceptAsync()
    {
        var stream = await _connect!.AcceptAsync(); // one of several streams on a connection, so the pipes of the connection have other bytes
        (Input, Output) = (InputOf(stream), OutputOf(stream));
        return Stream.Null;
    }

    // After an upgrade, Kestrel's stream does nothing but read from the pipe of the connection and write to it, and copies: the pipes themselves are used without the copy,
    // without the state machine of each read, and without the layers of HTTP that each write passes. Kestrel completes them after the request. A stream of any other type,
    // such as one with which middleware has wrapped Kestrel's, is used as a stream.
    private (PipeReader Input, PipeWriter Output) PipesOf(Stream upgraded) =>
        _transport?.Transport is { } pipes && upgraded.GetType().Assembly == typeof(KestrelServer).Assembly
            ? (pipes.Input, pipes.Output)
            : (InputOf(upgraded), OutputOf(upgraded));

    /// <summary>Reads from a stream: waits with an empty buffer, and returns the memory when all bytes have been processed.</summary>
    internal static PipeReader InputOf(Stream connection) =>
        PipeReader.Create(connection, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true));

    /// <summary>Writes to a stream. The writer has no memory of its own while nothing is being written.</summary>
    internal static PipeWriter OutputOf(Stream connection) => PipeWriter.Create(connection, new StreamPipeWriterOptions(leaveOpen: true));
}
