using Microsoft.AspNetCore.Http;
using Pikku.Akka.Requests;
using Pikku.Akka.Settings;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Moves the token of an upgrade to the <c>Authorization</c> header. Browsers cannot set headers of an upgrade, so they send the token in a subprotocol or in the
/// query. The order of precedence is: header, subprotocol, query.
/// </summary>
internal static class UpgradeTokens
{
    /// <inheritdoc cref="RequestTokens.MoveToHeader"/>
    public static void MoveToHeader(HttpRequest request, UpgradeSettings settings) =>
        RequestTokens.MoveToHeader(request, settings, settings.SubprotocolToken ? Subprotocols.TokenOf(request) : null);
}
