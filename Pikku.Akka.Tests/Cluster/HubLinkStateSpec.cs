using System.Text.Json;
using Pikku.Akka.Cluster;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Lanes of two nodes, driven message by message without actors and without time.</summary>
[Trait("Rule", "K5")]
public sealed class HubLinkStateSpec
{
    private static readonly NodeSettings s_settings = SettingsLoader.Read(SettingsLoader.Load(null, [])).Cluster with
    {
        MaxBatchSize = 1000, MaxUnacknowledged = 2000, Heartbeat = TimeSpan.FromSeconds(1),
    };

    private readonly Dictionary<int, HubLinkState> _lanes = [];
    private readonly List<(int From, HubLinkOutput Output)> _done = [];
    private readonly HashSet<int> _deaf = [];

    [Fact]
    public void Two_lanes_hear_each_other_by_their_heartbeats()
    {
        Link();
        Assert.All(_lanes.Values, lane => Assert.True(lane.Report().IsComplete));
    }

    [Fact]
    public void An_event_goes_out_at_once_from_an_idle_lane_and_in_one_batch_from_a_busy_one()
    {
        Link();
        Assert.True(_lanes[1].Publish(Event()));
        Assert.False(_lanes[1].Publish(Event()));
        _lanes[1].Flush();
        Run();

        var batch = Assert.Single(_done.Select(done => done.Output).OfType<HubLinkOutput.Deliver>());
        Assert.Equal(2, batch.Batch.Read().Count);
    }

    [Fact]
    public void Batches_that_are_lost_are_a_gap_by_the_next_heartbeat()
    {
        Link();
        _deaf.Add(2);
        Publish(1);
        Publish(1);
        _deaf.Clear();
        Assert.True(_lanes[1].Tick(10_000));
        Run();

        Assert.Equal(2, Assert.Single(_done.Select(done => done.Output).OfType<HubLinkOutput.Gap>()).Missing);
    }

    [Fact]
    public void What_is_not_delivered_is_not_acknowledged_and_what_is_above_the_bound_is_dropped_and_told_when_it_ends()
    {
        Link();
        while (!_done.Any(done => done.Output is HubLinkOutput.Drop))
            Publish(1);
        Assert.InRange(_lanes[1].Report().Peers[0].Unacknowledged, 1, s_settings.MaxUnacknowledged);
        Assert.True(_done.Select(done => done.Output).OfType<HubLinkOutput.Drop>().Single().IsFirst);

        foreach (var deliver in _done.Select(done => done.Output).OfType<HubLinkOutput.Deliver>().ToArray())
        {
            deliver.Delivery.EndPart();
            _lanes[2].Delivered(deliver.Delivery);
        }

        Run();
        Assert.True(_lanes[2].Tick(20_000));
        _lanes[1].Tick(20_000);
        Run();
        Publish(1);

        Assert.Equal(1, Assert.Single(_done.Select(done => done.Output).OfType<HubLinkOutput.Resume>()).Dropped);
        Assert.Equal(1, Assert.Single(_done.Select(done => done.Output).OfType<HubLinkOutput.Gap>()).Missing);
    }

    [Fact]
    public void A_node_that_is_no_member_is_not_heard()
    {
        Link();
        _lanes[2].Removed(1);
        _lanes[2].Output.Clear();
        Publish(1);
        Assert.DoesNotContain(_done, done => done.Output is HubLinkOutput.Deliver);
        Assert.True(_lanes[2].Report().IsComplete);
    }

    private static HubEvent Event() => EventEncoder.Encode("news", "one", default, JsonSerializerOptions.Web, int.MaxValue);

    private void Publish(int node)
    {
        _lanes[node].Publish(Event());
        _lanes[node].Flush();
        Run();
    }

    private void Link()
    {
        for (var node = 1; node <= 2; node++)
            _lanes[node] = new HubLinkState(node, lane: 0, life: 1, s_settings, _ => { });
        foreach (var lane in _lanes.Values)
        {
            lane.Member(1, "a:1", isUp: true);
            lane.Member(2, "b:2", isUp: true);
        }

        // The first heartbeat shows each node the other one, and the second shows that the other node receives its heartbeats.
        for (var beat = 0; beat < 2; beat++)
        {
            foreach (var lane in _lanes.Values)
                lane.Tick(0);
            Run();
        }

        _done.Clear();
    }

    // Delivers messages until none is left.
    private void Run()
    {
        while (_lanes.Values.Any(lane => lane.Output.Count > 0))
            foreach (var (node, lane) in _lanes)
            {
                HubLinkOutput[] outputs = [.. lane.Output];
                lane.Output.Clear();
                foreach (var output in outputs)
                {
                    _done.Add((node, output));
                    if (!_deaf.Contains(output.Peer.Node))
                        Carry(_lanes[output.Peer.Node], output);
                }
            }
    }

    private static void Carry(HubLinkState to, HubLinkOutput output)
    {
        switch (output)
        {
            case HubLinkOutput.Send { Message: HubBatch batch }: to.Receive(batch); break;
            case HubLinkOutput.Send { Message: HubHeartbeat heartbeat }: to.Receive(heartbeat); break;
            case HubLinkOutput.Acknowledge acknowledge: to.Receive(acknowledge.Ack); break;
        }
    }
}
