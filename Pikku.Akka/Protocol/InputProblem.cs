namespace Pikku.Akka;

/// <summary>One problem of an input.</summary>
/// <param name="Path">The path: JSON names joined by dots, items in brackets (<c>items[0].title</c>); empty for the whole input.</param>
/// <param name="Message">The problem.</param>
public readonly record struct InputProblem(string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}
