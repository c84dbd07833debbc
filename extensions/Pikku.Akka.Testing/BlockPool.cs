using System.Buffers;

namespace Pikku.Akka.Testing;

/// <summary>Blocks of memory for Kestrel, which relies on blocks that are never empty, as those of its own transports are. The shared pool has empty ones.</summary>
internal sealed class BlockPool : MemoryPool<byte>
{
    private const int BlockSize = 4096; // bytes, as in Kestrel

    public static BlockPool Instance { get; } = new();

    public override int MaxBufferSize => BlockSize;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => Shared.Rent(Math.Max(minBufferSize, BlockSize));

    protected override void Dispose(bool disposing) { }
}
