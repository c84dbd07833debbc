namespace Pikku.Akka.AsyncApi.Diff;

/// <summary>The text to compare is not a document that <see cref="AsyncApiDocument"/> wrote.</summary>
/// <param name="message">The reason.</param>
/// <param name="innerException">The cause.</param>
internal sealed class UnreadableContractException(string message, Exception? innerException = null) : Exception(message, innerException);
