using System.Buffers;
using System.Collections.Concurrent;

namespace Pikku.Akka.Protocol;

/// <summary>
/// The arrays for received and encoded messages. A burst rents and returns dozens of them within
/// microseconds; the framework's shared pool keeps one array of a size per thread, and takes a lock for the rest. Here each thread keeps more of the
/// usual size, and threads that only rent get arrays from threads that only return, in batches. All other sizes use the shared pool.
/// </summary>
internal static class MessageBuffers
{
    /// <summary>The usual size in bytes, which holds most messages of a real-time channel and is what an idle socket keeps.</summary>
    public const int UsualSize = 512;

    private const int BatchSize = 64; // two of the largest bursts
    private const int KeptPerThread = 2 * BatchSize; // 64 KiB
    private const int MaxSpare = 64; // batches, 2 MiB; further ones are left to the garbage collector

    private static readonly ConcurrentStack<byte[][]> s_spare = new();
    private static int s_spareCount;

    [ThreadStatic]
    private static Stack? t_stack;

    /// <summary>Returns an array of at least the given size.</summary>
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

    /// <summary>Returns an array to the pool. Call it once, and do not use the array afterwards.</summary>
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
