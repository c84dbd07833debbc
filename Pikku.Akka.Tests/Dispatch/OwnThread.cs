using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Pikku.Akka.Tests.Support;

namespace Pikku.Akka.Tests.Dispatch;

/// <summary>A thread that belongs to a test alone. The pool's threads run nothing on it.</summary>
internal static class OwnThread
{
    // After this a cascade hands over what is left.
    private static readonly TimeSpan s_oneGo = TimeSpan.FromMilliseconds(1);

    public static void Run(Action test)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                test();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        if (!thread.Join(Patience.Long * 2))
            throw new TimeoutException("The thread of the test never ended.");
        failure?.Throw();
    }

    /// <summary>
    /// Runs a scenario that must not be cut short: again, when the machine took the thread away for so long that the cascade rightly ended.
    /// </summary>
    public static T InOneGo<T>(Func<T> scenario)
    {
        T result = default!;
        Run(() =>
        {
            var began = Stopwatch.GetTimestamp();
            long round;
            do
            {
                if (Stopwatch.GetElapsedTime(began) > Patience.Long)
                    throw new TimeoutException("The machine never gave the thread a millisecond.");
                round = Stopwatch.GetTimestamp();
                result = scenario();
            }
            while (Stopwatch.GetElapsedTime(round) >= s_oneGo);
        });
        return result;
    }

    /// <summary>Blocks, as user code should not, until something has happened on other threads.</summary>
    public static void BlockUntil(params Work[] work)
    {
        if (!Task.WaitAll([.. work.Select(w => w.Done)], Patience.Long))
            throw new TimeoutException("What waited behind the code that blocks was never run.");
    }
}
