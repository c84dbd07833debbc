using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

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

    private TransportFeatures(IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect, MessageBridge? bridge) =>
        (_upgrade, _connect, _bridge) = (upgrade, connect, bridge);

    /// <summary>The accepted connection; null before the handshake.</summary>
    public Stream? Connection { get; private set; }

    public bool IsUpgradableRequest => _bridge is not null || _upgrade?.IsUpgradableRequest == true;

    public bool IsExtendedConnect => _connect?.IsExtendedConnect == true;

    public string? Protocol => _connect?.Protocol;

    /// <summary>Replaces the upgrade features of a request.</summary>
    public static void Install(HttpContext context)
    {
        var (upgrade, connect) = (context.Features.Get<IHttpUpgradeFeature>(), context.Features.Get<IHttpExtendedConnectFeature>());
        var features = new TransportFeatures(
            upgrade, connect, upgrade?.IsUpgradableRequest == true || connect?.IsExtendedConnect == true ? null : MessageBridge.For(context));
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
        Connection = await (_bridge?.OpenAsync() ?? _upgrade!.UpgradeAsync());
        return Stream.Null;
    }

    public async ValueTask<Stream> AcceptAsync()
    {
        Connection = await _connect!.AcceptAsync();
        return Stream.Null;
    }
}
