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
    public void A_frame_size_that_Akka_cannot_read_is_refused() => Assert.Equal(
        "akka.remote.dot-netty.tcp.maximum-frame-size = big cannot be read. Write a size with its unit, such as 1MiB.",
        Read.Problem("akka.remote.dot-netty.tcp.maximum-frame-size = big"));

    [Fact]
    public void A_rule_does_not_report_a_value_that_is_already_refused() => Assert.StartsWith(
        "pikku.connection.inbox-size = none cannot be read.", Read.Problem("pikku.connection.inbox-size = none"), StringComparison.Ordinal);
}
