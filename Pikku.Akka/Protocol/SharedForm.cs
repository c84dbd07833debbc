namespace Pikku.Akka.Protocol;

/// <summary>
/// The form in which a transport sends a shared message, made by the first connection that needs it and used by all others. The form is collected together with the message.
/// Thread-safe.
/// </summary>
internal sealed class SharedForm
{
    /// <summary>The least length of a payload, in bytes, that has a form. For shorter messages the cell would cost more than a transport could save.</summary>
    public const int LeastLength = 128;

    private byte[]? _bytes;

    /// <summary>Returns the form, and makes it if this is the first call. A concurrent call waits, because making it twice would take longer.</summary>
    /// <param name="message">The message.</param>
    /// <param name="make">Makes the form of a message.</param>
    public byte[] GetOrMake(in EncodedMessage message, Func<EncodedMessage, byte[]> make)
    {
        if (Volatile.Read(ref _bytes) is { } made)
            return made;
        lock (this)
        {
            if (_bytes is null)
                Volatile.Write(ref _bytes, make(message));
            return _bytes;
        }
    }
}
