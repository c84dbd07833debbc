using System.Net;
using Microsoft.AspNetCore.Http;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Requests;

/// <summary>
/// Limits the connections of the node and of each address. Stores only addresses that have a connection, so their number is bounded by the node limit.
/// </summary>
internal sealed class ConnectionLimits(LimitSettings settings, PikkuLog log, TimeProvider clock)
{
    // A browser or an office has fewer connections than half of the limit.
    private readonly int _manyOfOneAddress = Math.Max(2, settings.ConnectionsPerAddress / 2);
    private readonly LogInterval _sharedAddress = new(clock);
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _addresses = [];
    private int _connections;
    private bool _warnedOfMissingAddress;

    /// <summary>Counts a connection of the node and of the address, until the lease is disposed.</summary>
    /// <exception cref="RequestRefusal">503 when the node is full, 429 when the address has too many.</exception>
    public IDisposable Take(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress is { } remote ? AddressKey.Of(remote, settings.Ipv6Prefix) : null;
        if (address is null)
            WarnOfMissingAddress();
        else if (IsForwarded(context.Request))
            WarnOfSharedAddress(address);
        lock (_gate)
        {
            if (_connections >= settings.ConnectionsPerNode)
                throw RequestRefusal.Unavailable("The node has too many connections.");
            // Clients without an address cannot be distinguished, so the limit for each address does not apply to them.
            if (address is not null)
            {
                var taken = _addresses.GetValueOrDefault(address);
                if (taken >= settings.ConnectionsPerAddress)
                    throw new RequestRefusal(StatusCodes.Status429TooManyRequests, "Too Many Requests", "The address has too many connections.");
                _addresses[address] = taken + 1;
            }

            _connections++;
            return new Lease(this, address);
        }
    }

    private void Release(IPAddress? address)
    {
        lock (_gate)
        {
            _connections--;
            if (address is null)
                return;
            if (_addresses[address] == 1)
                _addresses.Remove(address);
            else
                _addresses[address]--;
        }
    }

    private void WarnOfMissingAddress()
    {
        if (!Interlocked.Exchange(ref _warnedOfMissingAddress, true))
            log.NoAddress();
    }

    // The middleware of forwarded headers takes the entries that it applies out of the header, and keeps the address of the proxy in another one.
    private static bool IsForwarded(HttpRequest request) =>
        request.Headers.ContainsKey("X-Forwarded-For") && !request.Headers.ContainsKey("X-Original-For");

    // Called before the limit is checked, so that a refusal is explained as well.
    private void WarnOfSharedAddress(IPAddress address)
    {
        int taken;
        lock (_gate)
            taken = _addresses.GetValueOrDefault(address);
        if (taken >= _manyOfOneAddress && _sharedAddress.IsDue(1, out _))
            log.SharedAddress(taken, address, settings.ConnectionsPerAddress);
    }

    private sealed class Lease(ConnectionLimits limits, IPAddress? address) : IDisposable
    {
        private bool _released;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _released, true))
                limits.Release(address);
        }
    }
}
