namespace Pikku.Akka.Protocol;

/// <summary>The types whose values are bytes and are sent as binary messages.</summary>
internal static class BinaryValue
{
    /// <summary>True for types that are sent as a binary message.</summary>
    public static bool IsBinary(Type type) =>
        type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>) || type == typeof(Memory<byte>) || type == typeof(ArraySegment<byte>);

    /// <summary>Returns the bytes of a value of such a type.</summary>
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
