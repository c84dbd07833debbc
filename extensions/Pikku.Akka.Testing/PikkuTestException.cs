namespace Pikku.Akka;

/// <summary>The server refused what a test asked for: the upgrade, an action or a subscription. A test may expect it.</summary>
/// <param name="name">The name of the error, as clients receive it; for a refused upgrade the title of the problem.</param>
/// <param name="status">The HTTP status.</param>
/// <param name="message">The message for people.</param>
/// <param name="details">The problems of the input.</param>
public sealed class PikkuTestException(string name, int status, string message, IReadOnlyList<InputProblem> details)
    : Exception($"{name} ({status}): {message}{string.Concat(details.Select(problem => $"{Environment.NewLine}  {problem}"))}")
{
    /// <summary>The name of the error, such as <c>ForbiddenError</c>; for a refused upgrade the title of the problem, such as <c>Forbidden</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The problems of the input; empty if there are none.</summary>
    public IReadOnlyList<InputProblem> Details { get; } = details;
}
