using System.Buffers.Binary;
using System.Diagnostics;

namespace Pikku.Akka.Benchmarks.Server;

/// <summary>
/// Listens to the spans of Pikku.Akka as the SDK of OpenTelemetry does with its usual sampler: a child follows its parent, and of the other spans a part is recorded, chosen by
/// the id of the trace. A span without a parent that is not recorded exists nevertheless, so that its id reaches other services. Nothing is exported.
/// </summary>
internal static class SampledTraces
{
    /// <summary>Starts to listen.</summary>
    /// <param name="ratio">The part of the traces that is recorded, from 0 to 1.</param>
    public static ActivityListener Listen(double ratio)
    {
        var bound = (ulong)(ratio * long.MaxValue);
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Pikku.Akka",
            Sample = (ref options) => Decide(ref options, bound),
            ActivityStarted = _ => { },
            ActivityStopped = _ => { },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static ActivitySamplingResult Decide(ref ActivityCreationOptions<ActivityContext> options, ulong bound)
    {
        var parent = options.Parent;
        var isRoot = parent.TraceId == default;
        if (isRoot ? IsChosen(options.TraceId, bound) : (parent.TraceFlags & ActivityTraceFlags.Recorded) != 0)
            return ActivitySamplingResult.AllDataAndRecorded;
        return isRoot || parent.IsRemote ? ActivitySamplingResult.PropagationData : ActivitySamplingResult.None;
    }

    private static bool IsChosen(ActivityTraceId id, ulong bound)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.CopyTo(bytes);
        return (BinaryPrimitives.ReadUInt64BigEndian(bytes) & long.MaxValue) < bound;
    }
}
