using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Puts our stream between Kestrel's upgraded connection and the framework's WebSocket, over HTTP/1.1 and HTTP/2 alike. The handshake stays
/// the framework's.
/// </summary>
internal sealed class TransportFeatures : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    private readonly IHttpUpgradeFeature? _upgrade;
    private readonly IHttpExtendedConnectFeature? _connect;

    private TransportFeatures(IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect) => (_upgrade, _connect) = (upgrade, connect);

    /// <summary>The stream of the accepted connection; null before.</summary>
    public SocketStream? Stream { get; private set; }

    public bool IsUpgradableRequest => _upgrade?.IsUpgradableRequest == true;

    public bool IsExtendedConnect => _connect?.IsExtendedConnect == true;

    public string? Protocol => _connect?.Protocol;

    /// <summary>Stands in for the features of a request.</summary>
    public static void Install(HttpContext context)
    {
        var features = new TransportFeatures(
            context.Features.Get<IHttpUpgradeFeature>(), context.Features.Get<IHttpExtendedConnectFeature>());
        context.Features.Set(features);
        // Where the application calls UseWebSockets itself, its handshake would pass ours by.
        context.Features.Set<IHttpWebSocketFeature>(null);
        if (features._upgrade is not null)
            context.Features.Set<IHttpUpgradeFeature>(features);
        if (features._connect is not null)
            context.Features.Set<IHttpExtendedConnectFeature>(features);
    }

    public async Task<Stream> UpgradeAsync() => Stream = new SocketStream(await _upgrade!.UpgradeAsync());

    public async ValueTask<Stream> AcceptAsync() => Stream = new SocketStream(await _connect!.AcceptAsync());
}
