namespace Pikku.Akka.Protocol;

/// <summary>The types of values that are bytes and go out as binary messages.</summary>
internal static class BinaryValue
{
    /// <summary>True for what goes out as a binary message.</summary>
    public static bool IsBinary(Type type) =>
        type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>) || type == typeof(Memory<byte>) || type == typeof(ArraySegment<byte>);

    /// <summary>The bytes of a value, when it is bytes.</summary>
    public static bool TryGet(object? value, out ReadOnlyMemory<byte> bytes)
    {
        bytes = value switch
        {
            byte[] array => array,
            ReadOnlyMemory<byte> memory => memory,
            Memory<byte> memory => memory,
            ArraySegment<byte> segment => segment,
            _ => default,
        };
        return value is byte[] or ReadOnlyMemory<byte> or Memory<byte> or ArraySegment<byte>;
    }
}
