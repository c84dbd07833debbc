using System.Net;
using Microsoft.AspNetCore.Http;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// How many connections the node and each address may have. Knows only addresses that have a connection: never more than the node may have.
/// </summary>
internal sealed class ConnectionLimits(LimitSettings settings, PikkuLog log)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _addresses = [];
    private int _connections;
    private bool _toldOfNoAddress;

    /// <summary>The addresses that have a connection.</summary>
    public int Addresses
    {
        get
        {
            lock (_gate)
                return _addresses.Count;
        }
    }

    /// <summary>Takes a place on the node and one of the address, until the lease is disposed.</summary>
    /// <exception cref="UpgradeRefusal">503 when the node is full, 429 when the address has too many.</exception>
    public IDisposable Take(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress is { } remote ? AddressKey.Of(remote, settings.Ipv6Prefix) : null;
        if (address is null)
            TellOfNoAddress();
        lock (_gate)
        {
            if (_connections >= settings.ConnectionsPerNode)
                throw UpgradeRefusal.Unavailable("The node has too many connections.");
            // Who has no address can't be told from others who have none: one limit for all of them would be none of theirs.
            if (address is not null)
            {
                var taken = _addresses.GetValueOrDefault(address);
                if (taken >= settings.ConnectionsPerAddress)
                    throw new UpgradeRefusal(StatusCodes.Status429TooManyRequests, "Too Many Requests", "The address has too many connections.");
                _addresses[address] = taken + 1;
            }

            _connections++;
            return new Place(this, address);
        }
    }

    private void GiveBack(IPAddress? address)
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

    private void TellOfNoAddress()
    {
        if (!Interlocked.Exchange(ref _toldOfNoAddress, true))
            log.NoAddress();
    }

    private sealed class Place(ConnectionLimits limits, IPAddress? address) : IDisposable
    {
        private bool _givenBack;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _givenBack, true))
                limits.GiveBack(address);
        }
    }
}
