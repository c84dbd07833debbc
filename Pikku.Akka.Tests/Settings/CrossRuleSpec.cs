using Xunit;

namespace Pikku.Akka.Tests.Settings;

public sealed class CrossRuleSpec
{
    [Theory]
    [InlineData(
        "pikku.connection.inbox-size = 512KiB",
        "pikku.connection.inbox-size = 512KiB is below pikku.connection.max-message-size = 1MiB: ")]
    [InlineData(
        "pikku.connection.inbox-messages-during-call = 63",
        "pikku.connection.inbox-messages-during-call = 63 is below pikku.connection.inbox-messages = 64: ")]
    [InlineData("pikku.outbox.max-size = 1000kB", "pikku.outbox.max-size = 1000kB is below pikku.connection.max-message-size = 1MiB: ")]
    [InlineData(
        "pikku { outbox.max-size = 2KiB\n connection.max-message-size = 1KiB }",
        "pikku.outbox.max-size = 2KiB is below pikku.event-hub.max-event-size = 256KiB: ")]
    [InlineData("pikku.limits.message-burst = 4", "pikku.limits.message-burst = 4 is below pikku.limits.violation-cost = 5: ")]
    [InlineData(
        "pikku.event-hub.max-event-size = 1MiB",
        "akka.remote.dot-netty.tcp.maximum-frame-size = 1MiB is too small for pikku.event-hub.max-event-size = 1MiB: ")]
    [InlineData(
        "pikku.cluster.max-batch-size = 1MiB",
        "akka.remote.dot-netty.tcp.maximum-frame-size = 1MiB is too small for pikku.cluster.max-batch-size = 1MiB: ")]
    [InlineData(
        "pikku.cluster.max-unacknowledged = 32KiB",
        "pikku.cluster.max-unacknowledged = 32KiB is below pikku.cluster.max-batch-size = 64KiB: ")]
    [InlineData(
        "pikku.event-hub.max-pending-size = 32KiB",
        "pikku.event-hub.max-pending-size = 32KiB is below pikku.event-hub.max-event-size = 256KiB: ")]
    public void Settings_that_contradict_each_other_are_refused(string hocon, string problem)
    {
        var reported = Read.Problem(hocon);
        Assert.StartsWith(problem, reported, StringComparison.Ordinal);
        Assert.EndsWith(". Raise the first or lower the second.", reported, StringComparison.Ordinal);
    }

    [Fact]
    public void A_larger_frame_size_allows_larger_events()
    {
        var settings = Read.Hocon("pikku.event-hub.max-event-size = 1MiB\nakka.remote.dot-netty.tcp.maximum-frame-size = 2MiB");
        Assert.Equal(1 << 20, settings.EventHub.MaxEventSize);
    }

    [Fact]
    public void A_node_must_count_as_cut_off_before_the_others_may_remove_it()
    {
        const string cluster = "pikku.cluster { host = a.example, isolation-timeout = 13s }\n";
        Assert.Equal(
            "pikku.cluster.isolation-timeout = 13s is not below akka.cluster.failure-detector.acceptable-heartbeat-pause + akka.cluster.split-brain-resolver.stable-after = 13s, "
            + "after which the other nodes remove a node that does not answer: it would still acknowledge publishes. Lower the first or raise one of the others.",
            Read.Problem(cluster));
        Assert.Equal(TimeSpan.FromSeconds(13), Read.Hocon(cluster + "akka.cluster.split-brain-resolver.stable-after = 8s").Cluster.IsolationTimeout);
        Assert.Equal(TimeSpan.FromSeconds(13), Read.Hocon(cluster + "akka.cluster.downing-provider-class = \"\"").Cluster.IsolationTimeout);
    }

    [Fact]
    public void A_node_that_remembers_its_cluster_needs_a_fixed_port()
    {
        Assert.StartsWith(
            "pikku.cluster.state-directory = /state needs a fixed port",
            Read.Problem("pikku.cluster { host = a.example, port = 0, state-directory = /state }"), StringComparison.Ordinal);
        Assert.Equal("/state", Read.Hocon("pikku.cluster { host = a.example, state-directory = /state }").Cluster.StateDirectory);
    }

    [Fact]
    public void A_frame_size_that_Akka_cannot_read_is_refused() => Assert.Equal(
        "akka.remote.dot-netty.tcp.maximum-frame-size = big cannot be read. Write a size with its unit, such as 1MiB.",
        Read.Problem("akka.remote.dot-netty.tcp.maximum-frame-size = big"));

    [Fact]
    public void A_rule_does_not_report_a_value_that_is_already_refused() => Assert.StartsWith(
        "pikku.connection.inbox-size = none cannot be read.", Read.Problem("pikku.connection.inbox-size = none"), StringComparison.Ordinal);
}
