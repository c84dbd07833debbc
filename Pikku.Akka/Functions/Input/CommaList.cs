namespace Pikku.Akka.Functions.Input;

/// <summary>A list in one string.</summary>
internal static class CommaList
{
    /// <summary>The items as they stand, blanks included; an empty text is an empty list.</summary>
    public static string[] Split(string text) => text.Length == 0 ? [] : text.Split(',');
}
