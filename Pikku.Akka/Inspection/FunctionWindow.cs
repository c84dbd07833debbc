namespace Pikku.Akka.Inspection;

/// <summary>The durations of one function within the last minute, in slots that are reused one after the other. Thread-safe.</summary>
internal sealed class FunctionWindow
{
    private const int Slots = 12;
    private const long SlotLength = 5_000; // milliseconds

    private readonly Lock _gate = new();
    private readonly Slot[] _slots = new Slot[Slots];

    public void Add(double seconds, bool failed, long now)
    {
        lock (_gate)
        {
            var number = now / SlotLength;
            ref var slot = ref _slots[number % Slots];
            if (slot.Number != number || slot.Counts is null)
            {
                slot.Counts ??= new int[DurationBuckets.Count];
                Array.Clear(slot.Counts);
                (slot.Number, slot.Failed) = (number, 0);
            }

            slot.Counts[DurationBuckets.Of(seconds)]++;
            if (failed)
                slot.Failed++;
        }
    }

    /// <summary>The calls of the last minute; null when there were none.</summary>
    /// <param name="channel">The channel of the function.</param>
    /// <param name="action">Its action.</param>
    /// <param name="since">When the counting began, in milliseconds.</param>
    /// <param name="now">The time, in milliseconds.</param>
    public FunctionLoad? Read(string channel, string action, long since, long now)
    {
        var (failed, buckets) = (0L, new long[DurationBuckets.Count]);
        lock (_gate)
        {
            foreach (var slot in _slots)
            {
                if (slot.Counts is null || slot.Number <= now / SlotLength - Slots)
                    continue;
                failed += slot.Failed;
                for (var bucket = 0; bucket < buckets.Length; bucket++)
                    buckets[bucket] += slot.Counts[bucket];
            }
        }

        long[][] used = [.. buckets.Index().Where(bucket => bucket.Item > 0).Select(bucket => new[] { bucket.Index, bucket.Item })];
        // The window begins with the oldest slot, of which some has usually passed.
        var begin = Math.Max(since, (now / SlotLength - Slots + 1) * SlotLength);
        return used.Length == 0 ? null : new FunctionLoad(channel, action, failed, Math.Max(1, (now - begin) / 1000.0), used);
    }

    private struct Slot
    {
        public int[]? Counts;
        public long Failed;
        public long Number;
    }
}
