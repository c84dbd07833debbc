namespace Pikku.Clients;

/// <summary>What may be left out, which is not the same as null: the server has a default for it.</summary>
/// <typeparam name="T">The type of what is not left out.</typeparam>
[JsonConverter(typeof(PikkuOptionalConverterFactory))]
public readonly record struct PikkuOptional<T>
{
    /// <param name="value">What is sent.</param>
    public PikkuOptional(T value)
    {
        Value = value;
        IsSet = true;
    }

    /// <summary>False when it is left out.</summary>
    public bool IsSet { get; }

    /// <summary>What is sent.</summary>
    public T? Value { get; }

    /// <summary>Sends the value.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator PikkuOptional<T>(T value) => new(value);
}
