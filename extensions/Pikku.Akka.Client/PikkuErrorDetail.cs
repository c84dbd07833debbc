namespace Pikku.Akka.Clients;

/// <summary>A validation rule that the input breaks.</summary>
/// <param name="Path">The path of the invalid value, such as <c>items[0].title</c>.</param>
/// <param name="Message">The description of the error, for people.</param>
public sealed record PikkuErrorDetail(string Path, string Message);
