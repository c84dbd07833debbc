namespace Pikku.Akka.Functions.Input;

/// <summary>A path in an input: JSON names joined by dots, items in brackets.</summary>
internal static class InputPath
{
    /// <summary>The most problems that one error reports. An input can break a rule a million times.</summary>
    // A client developer fixes the code after the first few, and the error must not become larger than the message.
    public const int MaxDetails = 100;

    public static string Property(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    public static string Item(string path, int index) => $"{path}[{index}]";
}
