namespace Pikku.Akka.Functions.Input;

/// <summary>Where something is in an input: JSON names joined by dots, items in brackets.</summary>
internal static class InputPath
{
    /// <summary>An input may break a rule a million times; this many problems are told.</summary>
    // A client mends its code after the first few; the answer must not outgrow the question.
    public const int MaxDetails = 100;

    public static string Property(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    public static string Item(string path, int index) => $"{path}[{index}]";
}
