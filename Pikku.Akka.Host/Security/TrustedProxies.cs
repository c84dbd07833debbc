using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Pikku.Akka.Host.Security;

/// <summary>The setting <c>TrustedProxies</c>: the addresses and networks of the proxies that may say who a client is, separated by commas; by default none.</summary>
internal static class TrustedProxies
{
    /// <exception cref="InvalidOperationException">The setting has something else than addresses and networks.</exception>
    public static void AddTrustedProxies(this WebApplicationBuilder builder)
    {
        var proxies = (builder.Configuration["TrustedProxies"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            // The framework trusts this machine by default. Here a proxy on this machine has to be named as well.
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            // A middleware without a known proxy would believe everybody.
            options.ForwardedHeaders = proxies.Length == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            foreach (var network in proxies.Select(NetworkOf))
                options.KnownIPNetworks.Add(network);
        });
        foreach (var proxy in proxies)
            _ = NetworkOf(proxy); // stops the start
    }

    private static System.Net.IPNetwork NetworkOf(string text)
    {
        if (System.Net.IPNetwork.TryParse(text, out var network))
            return network;
        return IPAddress.TryParse(text, out var address)
            ? new System.Net.IPNetwork(address, 8 * address.GetAddressBytes().Length)
            : throw new InvalidOperationException($"TrustedProxies has '{text}', which is neither an address nor a network. Write 10.0.0.1 or 10.0.0.0/8; several are separated by commas.");
    }
}
