using System.Buffers;
using System.Collections.Concurrent;

namespace Pikku.Akka.Protocol;

/// <summary>
/// The arrays that messages are received into and encoded into. A burst takes and gives back dozens of them within
/// microseconds; the framework's shared pool keeps one of a size for each thread, and locks for the rest. Here each thread keeps more of the
/// usual size, and threads that only take are supplied by those that only give, many at a time. Any other size is the shared pool's.
/// </summary>
internal static class MessageBuffers
{
    /// <summary>The usual size: bytes that hold most messages of a real-time channel, and what an idle socket keeps.</summary>
    public const int UsualSize = 512;

    private const int BatchSize = 64; // two of the largest bursts
    private const int KeptPerThread = 2 * BatchSize; // 64 KiB
    private const int MaxSpare = 64; // batches, 2 MiB; what is above is for the collector

    private static readonly ConcurrentStack<byte[][]> s_spare = new();
    private static int s_spareCount;

    [ThreadStatic]
    private static Stack? t_stack;

    /// <summary>An array of at least a size.</summary>
    public static byte[] Rent(int size)
    {
        if (size > UsualSize)
            return ArrayPool<byte>.Shared.Rent(size);
        var stack = t_stack ??= new Stack();
        if (stack.Count == 0 && s_spare.TryPop(out var batch))
        {
            Interlocked.Decrement(ref s_spareCount);
            batch.CopyTo(stack.Arrays, 0);
            stack.Count = BatchSize;
        }

        return stack.Count > 0 ? stack.Arrays[--stack.Count] : new byte[UsualSize];
    }

    /// <summary>Gives an array back. Once; nobody may look at it afterwards.</summary>
    public static void Return(byte[] array)
    {
        if (array.Length != UsualSize)
        {
            ArrayPool<byte>.Shared.Return(array);
            return;
        }

        var stack = t_stack ??= new Stack();
        if (stack.Count == KeptPerThread)
        {
            stack.Count -= BatchSize;
            if (Interlocked.Increment(ref s_spareCount) <= MaxSpare)
                s_spare.Push(stack.Arrays[stack.Count..]);
            else
                Interlocked.Decrement(ref s_spareCount);
        }

        stack.Arrays[stack.Count++] = array;
    }

    private sealed class Stack
    {
        public readonly byte[][] Arrays = new byte[KeptPerThread][];
        public int Count;
    }
}
