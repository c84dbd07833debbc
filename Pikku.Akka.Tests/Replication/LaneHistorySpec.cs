using Pikku.Akka.Replication;
using Pikku.Akka.Settings;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Replication;

/// <summary>What a node answers to a position, row by row, and what it remembers.</summary>
public sealed class LaneHistorySpec
{
    private static readonly Origin Self = new(1);
    private static readonly Origin Other = new(2);
    private static readonly Origin Third = new(3);
    private static readonly Origin Id = new(99);

    private readonly ManualTime _time = new();

    [Fact]
    public void A_position_of_another_history_is_lost_as_unknown()
    {
        var history = Create();

        AssertLost(LossReason.Unknown, history.Judge("a", new Position([], new Origin(98), Minute), isIncomplete: false));
        Assert.True(Position.TryParse("", out var nameless));
        AssertLost(LossReason.Unknown, history.Judge("a", nameless, isIncomplete: false));
    }

    [Fact]
    public void A_position_that_names_two_histories_is_lost_as_unknown()
    {
        Assert.True(Position.TryParse($"~{Id}.{Minute},~{new Origin(98)}.{Minute}", out var position));

        AssertLost(LossReason.Unknown, Create().Judge("a", position, isIncomplete: false));
    }

    [Fact]
    public void A_position_is_good_for_its_lifetime_and_not_longer()
    {
        var (history, position) = (Create(), At());
        _time.Advance(TestSettings.History.PositionLifetime);
        Assert.Equal(VerdictKind.Complete, history.Judge("a", position, isIncomplete: false).Kind);
        _time.Advance(TimeSpan.FromMinutes(1));

        AssertLost(LossReason.Expired, history.Judge("a", position, isIncomplete: false));
    }

    [Fact]
    public void A_node_that_lacks_batches_waits()
    {
        Assert.Equal(VerdictKind.Wait, Create().Judge("a", At(), isIncomplete: true).Kind);
    }

    [Fact]
    public void A_node_waits_for_an_origin_that_it_does_not_know()
    {
        var history = Create();
        Assert.Equal(VerdictKind.Wait, history.Judge("a", At((Other, 1)), isIncomplete: false).Kind);
        Apply(history, "a", Self, 1);

        Assert.Equal(VerdictKind.Wait, history.Judge("a", At((Other, 1)), isIncomplete: false).Kind);
    }

    [Fact]
    public void A_node_waits_for_a_number_that_it_has_not_reached()
    {
        var history = Create();
        Apply(history, "a", Other, 1, 2);

        Assert.Equal(VerdictKind.Wait, history.Judge("a", At((Other, 3)), isIncomplete: false).Kind);
        Apply(history, "a", Other, 3);
        Assert.Equal(VerdictKind.Complete, history.Judge("a", At((Other, 3)), isIncomplete: false).Kind);
    }

    [Fact]
    public void A_complete_answer_replays_what_lies_behind_the_position_in_order_of_arrival()
    {
        var history = Create();
        Apply(history, "a", Other, 1, 2);
        Apply(history, "a", Third, 1);
        Apply(history, "a", Other, 3);
        Apply(history, "b", Other, 1);

        var verdict = history.Judge("a", At((Other, 1)), isIncomplete: false);

        Assert.Equal([(Other, 2), (Third, 1), (Other, 3)], verdict.Replay.Select(static content => (content.Origin, content.Number)));
        Assert.Equal((1, 0), (verdict.Start![Other], verdict.Start[Third]));
    }

    [Fact]
    public void The_reply_keeps_the_minute_of_the_position()
    {
        var (history, minute) = (Create(), Minute);
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(minute, history.Judge("a", new Position([], Id, minute), isIncomplete: false).Start!.Histories[Id]);
    }

    [Fact]
    public void An_origin_that_the_position_does_not_name_begins_at_its_base()
    {
        var history = Create();
        Apply(history, "a", Other, 5, 6); // numbers 1 to 4 are unknown here: another history, or forgotten

        var verdict = history.Judge("a", At(), isIncomplete: false);

        Assert.Equal(4, verdict.Start![Other]);
        Assert.Equal([5L, 6L], verdict.Replay.Select(static content => content.Number));
    }

    [Fact]
    public void An_origin_that_is_not_listed_any_more_begins_at_its_last_number_and_is_left_out_of_the_reply()
    {
        var history = Create();
        Apply(history, "a", Other, 1, 2);
        _time.Advance(TestSettings.History.ListedFor + TimeSpan.FromMinutes(1));

        var verdict = history.Judge("a", At(), isIncomplete: false);

        Assert.Equal(VerdictKind.Complete, verdict.Kind);
        Assert.Empty(verdict.Start!.Numbers);
        Assert.Empty(history.PositionOf("a").Numbers);
    }

    [Fact]
    public void A_position_that_begins_below_what_is_kept_is_lost_as_expired()
    {
        var history = Create();
        for (var number = 1; number <= TestSettings.Topic.MaxEvents + 3; number++)
            Apply(history, "a", Other, number);

        AssertLost(LossReason.Expired, history.Judge("a", At((Other, 2)), isIncomplete: false));
        Assert.Equal(TestSettings.Topic.MaxEvents, history.Judge("a", At((Other, 3)), isIncomplete: false).Replay.Count);
    }

    [Fact]
    public void Nothing_that_is_older_than_the_age_of_the_topic_is_replayed()
    {
        var history = Create();
        Apply(history, "a", Other, 1);
        _time.Advance(TestSettings.Topic.MaxAge);
        Apply(history, "a", Other, 2);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        AssertLost(LossReason.Expired, history.Judge("a", At((Other, 0)), isIncomplete: false));
        Assert.Equal([2L], history.Judge("a", At((Other, 1)), isIncomplete: false).Replay.Select(static content => content.Number));
    }

    [Theory]
    [InlineData(3, 10_000)]
    [InlineData(50, 399)]
    public void A_position_behind_which_too_much_lies_is_lost_by_the_limit(int maxReplay, int maxReplaySize)
    {
        var history = Create(TestSettings.History with { MaxReplay = maxReplay, MaxReplaySize = maxReplaySize });
        Apply(history, "a", Other, 1, 2, 3, 4);

        AssertLost(LossReason.Limit, history.Judge("a", At(), isIncomplete: false));
        Assert.Equal(3, history.Judge("a", At((Other, 1)), isIncomplete: false).Replay.Count);
    }

    [Fact]
    public void A_position_outlives_the_events_of_its_topic()
    {
        var history = Create();
        Apply(history, "a", Other, 1, 2);
        var position = history.PositionOf("a");
        _time.Advance(TestSettings.History.PositionLifetime);
        history.Sweep(0);

        Assert.Equal(0, history.Count);
        Assert.Equal(VerdictKind.Complete, history.Judge("a", position, isIncomplete: false).Kind);
    }

    [Fact]
    public void A_number_is_never_used_twice_even_if_the_topic_was_forgotten()
    {
        var history = Create();
        Publish(history, "a");
        Assert.Equal(2, Publish(history, "a"));
        _time.Advance(TestSettings.History.RememberedFor + TimeSpan.FromMinutes(1));
        history.Sweep(0);

        Assert.Null(history.Find("a"));
        Assert.Equal(3, Publish(history, "a"));
        Assert.Equal(3, Publish(history, "b"));
    }

    [Fact]
    public void An_event_that_was_applied_is_not_applied_again()
    {
        var history = Create();
        Apply(history, "a", Other, 1, 2);

        Assert.False(history.Apply(TestEvent.Of("a", Other, 2), out _));
        Assert.Equal(2, history.Count);
    }

    [Fact]
    public void A_jump_drops_what_was_kept_of_the_origin_because_the_numbers_between_were_never_given()
    {
        var history = Create();
        Apply(history, "a", Other, 1, 2);
        Apply(history, "a", Third, 1);
        Apply(history, "a", Other, 5);

        Assert.Equal([(Third, 1L), (Other, 5L)], history.Find("a")!.Events().Select(static kept => (kept.Event.Origin, kept.Event.Number)));
        Assert.Equal([5L], history.Judge("a", At((Other, 2), (Third, 1)), isIncomplete: false).Replay.Select(static content => content.Number));
    }

    [Fact]
    public void The_budget_drops_the_oldest_event_of_all_topics()
    {
        var size = 100 + KeptEvent.Overhead;
        var history = Create(TestSettings.History with { MaxMemory = 3 * size });
        Apply(history, "a", Other, 1);
        Apply(history, "b", Other, 1, 2, 3);

        Assert.Equal((3, 3L * size), (history.Count, history.Size));
        AssertLost(LossReason.Expired, history.Judge("a", At(), isIncomplete: false));
        Assert.Equal(3, history.Judge("b", At(), isIncomplete: false).Replay.Count);
    }

    [Fact]
    public void An_event_that_is_larger_than_the_budget_is_numbered_and_not_kept()
    {
        var history = Create();
        Apply(history, "a", Other, 1);
        Assert.True(history.Apply(TestEvent.Of("a", Other, 2, size: TestSettings.History.MaxMemory), out _));

        Assert.Equal(0, history.Count);
        AssertLost(LossReason.Expired, history.Judge("a", At((Other, 1)), isIncomplete: false));
        Assert.Equal(VerdictKind.Complete, history.Judge("a", At((Other, 2)), isIncomplete: false).Kind);
    }

    [Fact]
    public void A_write_that_lost_is_not_current_and_neither_is_a_value_that_was_overwritten()
    {
        var history = Create();
        var (winner, loser) = (Write(Other, 1, time: 20), Write(Third, 1, time: 10));
        history.Apply(winner, out var winnerIsCurrent);
        history.Apply(loser, out var loserIsCurrent);

        Assert.True(winnerIsCurrent);
        Assert.False(loserIsCurrent);
        Assert.Equal([true, false], history.Judge("k", At(), isIncomplete: false).Replay.Select(history.Find("k")!.IsCurrent));
        history.Apply(Write(Other, 2, time: 30), out _);
        Assert.False(history.Find("k")!.IsCurrent(winner));
    }

    [Fact]
    public void A_write_wins_against_every_write_that_its_node_has_seen()
    {
        var history = Create();
        var future = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        history.Apply(Write(Other, 1, future), out _);
        var own = new TestEvent("k") { Write = new KeyedWrite("key", [1], null) };
        history.Number(own, TestSettings.Keyed);

        Assert.True(own.Write.Stamp > new Stamp(future, Other));
    }

    [Fact]
    public void A_removal_is_remembered_until_no_older_write_can_arrive()
    {
        var history = Create();
        history.Apply(TestEvent.Of("k", Other, 1, new KeyedWrite("key", null, null) { Stamp = new Stamp(20, Other) }), out _);
        history.Apply(Write(Third, 1, time: 10), out var isCurrent);
        Assert.False(isCurrent);
        _time.Advance(TimeSpan.FromSeconds(11));
        history.Sweep(removalsKeptFor: 10_000);

        Assert.Empty(history.Find("k")!.Entries!);
    }

    [Fact]
    public void A_copy_has_the_same_answers_as_its_source()
    {
        var (source, copy) = (Create(), Create());
        for (var number = 1; number <= TestSettings.Topic.MaxEvents + 3; number++)
            Apply(source, "a", Other, number);
        Apply(source, "a", Third, 1);
        source.Apply(Write(Other, 1, time: 20), out _);
        Copy(source, copy);

        foreach (var position in new[] { At((Other, 2)), At((Other, 3)), At((Other, 9)), At((Other, 13), (Third, 1)), At((Third, 2)) })
        {
            var (expected, actual) = (source.Judge("a", position, isIncomplete: false), copy.Judge("a", position, isIncomplete: false));
            Assert.Equal((expected.Kind, expected.Reason), (actual.Kind, actual.Reason));
            Assert.Equal(expected.Replay, actual.Replay);
            Assert.Equal(expected.Start?.ToString(), actual.Start?.ToString());
        }

        Assert.Equal(source.Size, copy.Size);
        Assert.Equal([20L], copy.Find("k")!.Entries!.Values.Select(static entry => entry.Stamp.Time));
    }

    [Fact]
    public void A_copy_delivers_what_a_ready_node_did_not_have()
    {
        var (source, copy, delivered) = (Create(), Create(), new List<long>());
        Apply(source, "a", Other, 1, 2, 3);
        Apply(copy, "a", Other, 1);
        foreach (var picture in source.TakePicture())
            Assert.False(copy.Merge(picture, 0, (content, _) => delivered.Add(content.Number)));
        copy.EndMerge();

        Assert.Equal([2L, 3L], delivered);
        Assert.Equal(3, copy.Count);
    }

    [Fact]
    public void A_copy_that_lacks_what_a_ready_node_lacks_reports_the_hole()
    {
        var (source, copy, delivered) = (Create(), Create(), new List<long>());
        for (var number = 1; number <= TestSettings.Topic.MaxEvents + 3; number++)
            Apply(source, "a", Other, number);
        Apply(copy, "a", Other, 1);
        foreach (var picture in source.TakePicture())
            Assert.True(copy.Merge(picture, 0, (content, _) => delivered.Add(content.Number)));
        copy.EndMerge();

        Assert.Equal(Enumerable.Range(4, TestSettings.Topic.MaxEvents).Select(static number => (long)number), delivered);
        AssertLost(LossReason.Expired, copy.Judge("a", At((Other, 1)), isIncomplete: false));
    }

    [Fact]
    public void A_copy_of_a_node_that_is_behind_does_not_make_a_number_be_used_twice()
    {
        var (source, history) = (Create(), Create(TestSettings.History with { MaxTopics = 1 }));
        Apply(source, "a", Self, 1);
        Publish(history, "a");
        Publish(history, "a");
        Publish(history, "b"); // "a" is forgotten

        foreach (var picture in source.TakePicture())
            history.Merge(picture, 0, static (_, _) => { });
        history.EndMerge();

        Assert.Equal(4, Publish(history, "a"));
    }

    [Fact]
    public void A_copy_does_not_deliver_again_what_a_node_has_forgotten_before_its_time()
    {
        var (source, history, delivered) = (Create(), Create(TestSettings.History with { MaxTopics = 1 }), new List<ReplicatedEvent>());
        Apply(source, "a", Other, 1, 2);
        Apply(history, "a", Other, 1, 2);
        Apply(history, "b", Other, 1); // "a" is forgotten

        foreach (var picture in source.TakePicture())
            Assert.True(history.Merge(picture, 0, (content, _) => delivered.Add(content)));
        history.EndMerge();

        Assert.Empty(delivered);
        Assert.Equal(2, history.PositionOf("a")[Other]);
        AssertLost(LossReason.Expired, history.Judge("a", At((Other, 1)), isIncomplete: false));
    }

    [Fact]
    public void An_event_without_a_number_ends_all_older_positions_but_not_the_one_that_a_subscribe_takes_now()
    {
        var history = Create();
        Apply(history, "a", Other, 1);
        var (position, own) = (At((Other, 1)), history.PositionOf("a"));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        history.NoteUnnumbered("a");
        _time.Advance(TimeSpan.FromMilliseconds(1));

        AssertLost(LossReason.Expired, history.Judge("a", position, isIncomplete: false));
        AssertLost(LossReason.Expired, history.Judge("a", own, isIncomplete: false));
        Assert.Equal(VerdictKind.Complete, history.Judge("a", history.PositionOf("a"), isIncomplete: false).Kind);
    }

    [Fact]
    public void Under_pressure_a_subscribe_to_a_new_topic_takes_a_position_that_is_good()
    {
        var history = Create(TestSettings.History with { MaxTopics = 1 });
        Apply(history, "a", Other, 1);
        Apply(history, "b", Other, 1);

        AssertLost(LossReason.Expired, history.Judge("b", At((Other, 1)), isIncomplete: false));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(VerdictKind.Complete, history.Judge("b", history.PositionOf("b"), isIncomplete: false).Kind);
        Assert.Equal(VerdictKind.Complete, history.Judge("c", history.PositionOf("c"), isIncomplete: false).Kind);
    }

    [Fact]
    [Trait("Rule", "P11")]
    public void State_that_fills_its_memory_takes_smaller_values_and_new_ones_after_a_removal()
    {
        var history = Create(TestSettings.History with { MaxStateMemory = 2 * KeyedEntry.SizeOf("key1", new byte[100]) });
        var number = 0;
        void Write(string key, byte[]? value) => history.Apply(
            TestEvent.Of("k", Other, ++number, new KeyedWrite(key, value, null) { Stamp = new Stamp(number, Other) }), out _);
        Write("key1", new byte[100]);
        Write("key2", new byte[100]);

        Assert.False(history.HasRoomFor("k", new KeyedWrite("key3", [1], null)));
        Assert.False(history.HasRoomFor("k", new KeyedWrite("key1", new byte[101], null)));
        Assert.True(history.HasRoomFor("k", new KeyedWrite("key1", new byte[100], null)));
        Assert.True(history.HasRoomFor("k", new KeyedWrite("key1", null, null)));
        // The write of another node is taken over in any case.
        Write("key3", [1]);
        Assert.False(history.HasRoomFor("k", new KeyedWrite("key4", [1], null)));

        Write("key1", null);
        Write("key3", null);

        Assert.True(history.HasRoomFor("k", new KeyedWrite("key4", new byte[100], null)));
        history.Clear();
        Assert.Equal(0, history.StateSize);
    }

    [Fact]
    public void State_that_fills_the_limit_of_topics_stays_and_costs_no_position()
    {
        var history = Create(TestSettings.History with { MaxTopics = 2 });
        var position = At();
        _time.Advance(TimeSpan.FromMinutes(10));

        for (var i = 0; i < 5; i++)
            history.Apply(TestEvent.Of($"k{i}", Other, 1, new KeyedWrite("key", [1], null) { Stamp = new Stamp(i + 1, Other) }), out _);

        Assert.Equal(5, history.Topics.Count);
        Assert.Equal(VerdictKind.Complete, history.Judge("a", position, isIncomplete: false).Kind);
    }

    [Fact]
    public void Under_pressure_the_topic_goes_that_was_quiet_for_the_longest_time_and_older_positions_are_lost()
    {
        var history = Create(TestSettings.History with { MaxTopics = 2 });
        Apply(history, "a", Other, 1);
        var position = At((Other, 1));
        _time.Advance(TimeSpan.FromMinutes(1));
        Apply(history, "b", Other, 1);
        _time.Advance(TimeSpan.FromMinutes(1));
        Apply(history, "c", Other, 1);

        Assert.Null(history.Find("a"));
        AssertLost(LossReason.Expired, history.Judge("a", position, isIncomplete: false));
        AssertLost(LossReason.Expired, history.Judge("c", At((Other, 1)), isIncomplete: false)); // it is not remembered for longer than the slack
        _time.Advance(HistorySettings.Slack + TimeSpan.FromMinutes(1));
        Assert.Equal(VerdictKind.Complete, history.Judge("d", At(), isIncomplete: false).Kind);
    }

    private long Minute => _time.GetUtcNow().ToUnixTimeSeconds() / 60;

    private LaneHistory Create(HistorySettings? settings = null) =>
        new(Self, settings ?? TestSettings.History, 1, static topic => topic == "k" ? TestSettings.Keyed : TestSettings.Topic, _time) { History = Id };

    private Position At(params (Origin Origin, long Number)[] numbers) =>
        new(numbers.ToDictionary(static entry => entry.Origin, static entry => entry.Number), Id, Minute);

    private static void Apply(LaneHistory history, string topic, Origin origin, params long[] numbers)
    {
        foreach (var number in numbers)
            Assert.True(history.Apply(TestEvent.Of(topic, origin, number), out _));
    }

    private static long Publish(LaneHistory history, string topic)
    {
        var content = new TestEvent(topic);
        history.Number(content, TestSettings.Topic);
        history.Apply(content, out _);
        return content.Number;
    }

    private static TestEvent Write(Origin origin, long number, long time) =>
        TestEvent.Of("k", origin, number, new KeyedWrite("key", [1], null) { Stamp = new Stamp(time, origin) });

    private static void Copy(LaneHistory source, LaneHistory target)
    {
        foreach (var picture in source.TakePicture())
            target.Merge(picture, 0, null);
        target.EndMerge();
    }

    private static void AssertLost(LossReason reason, Verdict verdict) => Assert.Equal((VerdictKind.Lost, reason), (verdict.Kind, verdict.Reason));
}
