namespace Pikku.Akka;

/// <summary>The input is well-formed JSON but breaks the rules of its type. Status 422; the details always reach the client.</summary>
/// <param name="details">The problems with their paths.</param>
public class UnprocessableContentError(IReadOnlyList<InputProblem> details)
    : PikkuException(nameof(UnprocessableContentError), 422, ClientText, string.Join("; ", details))
{
    private const string ClientText =
        "The server understood the content type of the request content, and the syntax of the request content was correct, " +
        "but it was unable to process the contained instructions.";

    /// <summary>Creates an error with one problem.</summary>
    /// <param name="path">The path: JSON names joined by dots, items in brackets; empty for the whole input.</param>
    /// <param name="message">The problem.</param>
    public UnprocessableContentError(string path, string message) : this([new InputProblem(path, message)]) { }

    /// <summary>The problems with their paths.</summary>
    public IReadOnlyList<InputProblem> Details { get; } = details;
}
