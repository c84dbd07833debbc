namespace Pikku.Akka;

/// <summary>The input is well-formed JSON and breaks the rules of its type. Status 422; the details always reach the client.</summary>
/// <param name="details">What is wrong, each with its place.</param>
public class UnprocessableContentError(IReadOnlyList<ErrorDetail> details)
    : PikkuException(nameof(UnprocessableContentError), 422, ClientText, string.Join("; ", details))
{
    private const string ClientText =
        "The server understood the content type of the request content, and the syntax of the request content was correct, " +
        "but it was unable to process the contained instructions.";

    /// <summary>One problem in one place.</summary>
    /// <param name="path">Where: JSON names joined by dots, items in brackets; empty for the whole input.</param>
    /// <param name="message">What is wrong there.</param>
    public UnprocessableContentError(string path, string message) : this([new ErrorDetail(path, message)]) { }

    /// <summary>What is wrong, each with its place.</summary>
    public IReadOnlyList<ErrorDetail> Details { get; } = details;
}
