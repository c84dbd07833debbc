using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Pikku.Akka.Settings;

namespace Pikku.Akka.WebSockets;

/// <summary>How many connections the node and each address may have.</summary>
internal sealed class ConnectionLimits(LimitSettings settings) : IDisposable
{
    private readonly ConcurrencyLimiter _node = new(Of(settings.ConnectionsPerNode));

    private readonly PartitionedRateLimiter<IPAddress> _address = PartitionedRateLimiter.Create<IPAddress, IPAddress>(
        address => RateLimitPartition.GetConcurrencyLimiter(address, _ => Of(settings.ConnectionsPerAddress)));

    /// <summary>Takes a place on the node and one of the address, until the lease is disposed.</summary>
    /// <exception cref="UpgradeRefusal">503 when the node is full, 429 when the address has too many.</exception>
    public IDisposable Take(HttpContext context)
    {
        var node = _node.AttemptAcquire();
        if (!node.IsAcquired)
            throw Refuse(node, UpgradeRefusal.Unavailable("The node has too many connections."));

        var address = _address.AttemptAcquire(context.Connection.RemoteIpAddress ?? IPAddress.None);
        if (!address.IsAcquired)
        {
            node.Dispose();
            throw Refuse(address, new UpgradeRefusal(StatusCodes.Status429TooManyRequests, "Too Many Requests", "The address has too many connections."));
        }

        return new Places(node, address);
    }

    public void Dispose()
    {
        _node.Dispose();
        _address.Dispose();
    }

    private static ConcurrencyLimiterOptions Of(int permits) => new() { PermitLimit = permits, QueueLimit = 0 };

    private static UpgradeRefusal Refuse(RateLimitLease lease, UpgradeRefusal refusal)
    {
        lease.Dispose();
        return refusal;
    }

    private sealed class Places(RateLimitLease node, RateLimitLease address) : IDisposable
    {
        public void Dispose()
        {
            address.Dispose();
            node.Dispose();
        }
    }
}
