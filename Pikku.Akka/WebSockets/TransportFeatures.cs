using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Takes the upgraded connection when the framework has answered the handshake, over HTTP/1.1 and HTTP/2 alike. The framework's own WebSocket
/// gets an empty stream and is not used. A server that has WebSockets and no connection to give, such as TestServer, is reached over a
/// <see cref="MessageBridge"/>.
/// </summary>
internal sealed class TransportFeatures : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    private readonly IHttpUpgradeFeature? _upgrade;
    private readonly IHttpExtendedConnectFeature? _connect;
    private readonly MessageBridge? _bridge;

    private TransportFeatures(IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect, MessageBridge? bridge) =>
        (_upgrade, _connect, _bridge) = (upgrade, connect, bridge);

    /// <summary>The accepted connection; null before.</summary>
    public Stream? Connection { get; private set; }

    public bool IsUpgradableRequest => _bridge is not null || _upgrade?.IsUpgradableRequest == true;

    public bool IsExtendedConnect => _connect?.IsExtendedConnect == true;

    public string? Protocol => _connect?.Protocol;

    /// <summary>Stands in for the features of a request.</summary>
    public static void Install(HttpContext context)
    {
        var (upgrade, connect) = (context.Features.Get<IHttpUpgradeFeature>(), context.Features.Get<IHttpExtendedConnectFeature>());
        var features = new TransportFeatures(
            upgrade, connect, upgrade?.IsUpgradableRequest == true || connect?.IsExtendedConnect == true ? null : MessageBridge.For(context));
        context.Features.Set(features);
        // Where the application calls UseWebSockets itself, its handshake would pass ours by.
        context.Features.Set<IHttpWebSocketFeature>(null);
        if (features._upgrade is not null || features._bridge is not null)
            context.Features.Set<IHttpUpgradeFeature>(features);
        if (features._connect is not null)
            context.Features.Set<IHttpExtendedConnectFeature>(features);
    }

    /// <summary>The request is about to end; nothing is written any more.</summary>
    public Task EndAsync() => _bridge?.EndAsync() ?? Task.CompletedTask;

    public async Task<Stream> UpgradeAsync()
    {
        Connection = await (_bridge?.OpenAsync() ?? _upgrade!.UpgradeAsync());
        return Stream.Null;
    }

    public async ValueTask<Stream> AcceptAsync()
    {
        Connection = await _connect!.AcceptAsync();
        return Stream.Null;
    }
}
