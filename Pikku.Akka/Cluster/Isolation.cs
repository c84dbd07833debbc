using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>What happens to the connections of a node that is cut off from its cluster. <see cref="MembershipWatch"/> decides when it is.</summary>
internal sealed class Isolation(MembershipLease lease, ConnectionDirectory directory, ShutdownSettings shutdown, PikkuLog log, ClusterMetrics metrics)
{
    private bool _sendsElsewhere;

    public MembershipLease Lease { get; } = lease;

    public void Begin()
    {
        log.CutOff(MembershipLease.Refusal);
        metrics.CutOff();
    }

    public void End()
    {
        _sendsElsewhere = false;
        log.InContact();
    }

    /// <summary>Closes some of the connections, so that their clients use another node: as many for each interval as a drain closes.</summary>
    /// <param name="interval">The interval between two calls.</param>
    public void SendElsewhere(TimeSpan interval)
    {
        if (!_sendsElsewhere)
            log.SendsElsewhere(directory.Count);
        _sendsElsewhere = true;
        var most = (int)Math.Ceiling(shutdown.DrainRate * interval.TotalSeconds);
        foreach (var connection in directory.All.Where(connection => connection.IsOpen).Take(most))
            connection.Close(CloseCode.GoingAway, shutdown.SentElsewhere());
    }
}
