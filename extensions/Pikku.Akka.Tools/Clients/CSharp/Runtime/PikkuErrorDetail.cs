namespace Pikku.Clients;

/// <summary>A rule that the input breaks.</summary>
/// <param name="Path">Where, such as <c>items[0].title</c>.</param>
/// <param name="Message">What is wrong, for people.</param>
public sealed record PikkuErrorDetail(string Path, string Message);
