namespace Pikku.Akka.Tests.Cluster;

/// <summary>Data of an application that throws while it is serialized or deserialized.</summary>
internal sealed class Touchy
{
    public const int NotWritable = 7;
    public const int NotReadable = 13;

    private int _value;

    public int Value
    {
        get => _value == NotWritable ? throw new InvalidOperationException("secret: not to be written") : _value;
        set => _value = value == NotReadable ? throw new InvalidOperationException("secret: not to be read") : value;
    }

    public string Text { get; init; } = "";

    public static Touchy Of(int value) => new() { _value = value };
}
