using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Pikku.Akka.Testing;

/// <summary>
/// The scheduler of an actor system in virtual time. Messages that are scheduled for actors below <c>/user</c>, such as the ticks of the library and the timers of the
/// application's own actors, follow the clock of the test. Everything else, such as the timeouts of Akka's own shutdown, follows the clock of the machine.
/// </summary>
/// <remarks>Akka creates schedulers by their name and gives them settings only, so the clock is found by an id in the settings.</remarks>
internal sealed class VirtualScheduler : SchedulerBase, IDisposable
{
    private const string ClockKey = "akka.scheduler.pikku-test-clock";

    private static readonly ConcurrentDictionary<string, VirtualTicks> s_clocks = new(StringComparer.Ordinal);

    private readonly VirtualTicks _ticks;
    private readonly HashedWheelTimerScheduler _machine;

    public VirtualScheduler(Config scheduler, ILoggingAdapter log)
        : base(scheduler, log)
    {
        _ticks = s_clocks[scheduler.GetString(ClockKey)];
        _machine = new HashedWheelTimerScheduler(scheduler, log);
    }

    public override TimeSpan MonotonicClock => _machine.MonotonicClock;

    public override TimeSpan HighResMonotonicClock => _machine.HighResMonotonicClock;

    protected override DateTimeOffset TimeNow => ((ITimeProvider)_machine).Now;

    private IAdvancedScheduler Machine => ((IScheduler)_machine).Advanced;

    /// <summary>The settings with which an actor system has this scheduler.</summary>
    public static string Register(VirtualTicks ticks, out string id)
    {
        id = Guid.NewGuid().ToString("N");
        s_clocks[id] = ticks;
        return $$"""
            akka.scheduler.implementation = "{{typeof(VirtualScheduler).AssemblyQualifiedName}}"
            {{ClockKey}} = "{{id}}"
            """;
    }

    /// <summary>Forgets the clock of an actor system that has terminated.</summary>
    public static void Release(string id) => s_clocks.TryRemove(id, out _);

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable)
    {
        if (IsVirtual(receiver))
            _ticks.Schedule(delay, Timeout.InfiniteTimeSpan, (IActorRef)receiver, message, sender, cancelable);
        else
            ((ITellScheduler)_machine).ScheduleTellOnce(delay, receiver, message, sender, cancelable);
    }

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable)
    {
        if (IsVirtual(receiver))
            _ticks.Schedule(initialDelay, interval, (IActorRef)receiver, message, sender, cancelable);
        else
            ((ITellScheduler)_machine).ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, cancelable);
    }

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) => Machine.ScheduleOnce(delay, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) => Machine.ScheduleOnce(delay, action, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Machine.ScheduleRepeatedly(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Machine.ScheduleRepeatedly(initialDelay, interval, action, cancelable);

    public void Dispose() => _machine.Dispose();

    private static bool IsVirtual(ICanTell receiver) => receiver is IActorRef actor && actor.Path.Elements is ["user", ..];
}
