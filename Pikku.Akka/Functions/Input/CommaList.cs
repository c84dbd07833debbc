namespace Pikku.Akka.Functions.Input;

/// <summary>A list written as one string.</summary>
internal static class CommaList
{
    /// <summary>Returns the items including blanks; an empty text is an empty list.</summary>
    public static string[] Split(string text) => text.Length == 0 ? [] : text.Split(',');
}
