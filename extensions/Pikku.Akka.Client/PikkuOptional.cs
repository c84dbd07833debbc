namespace Pikku.Akka.Clients;

/// <summary>An optional value that may be omitted, which is not the same as null: the server has another default for an omitted value.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public readonly record struct PikkuOptional<T>
{
    /// <param name="value">The value to send.</param>
    public PikkuOptional(T value)
    {
        Value = value;
        IsSet = true;
    }

    /// <summary>False if the value is omitted.</summary>
    public bool IsSet { get; }

    /// <summary>The value; the default of its type if it is omitted.</summary>
    public T? Value { get; }

    /// <summary>Sends the value.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator PikkuOptional<T>(T value) => new(value);
}
