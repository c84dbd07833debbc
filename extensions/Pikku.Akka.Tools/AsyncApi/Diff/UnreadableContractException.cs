namespace Pikku.Akka.AsyncApi.Diff;

/// <summary>What should be compared is no document that <see cref="AsyncApiDocument"/> wrote.</summary>
/// <param name="message">Why not.</param>
/// <param name="innerException">What caused it.</param>
internal sealed class UnreadableContractException(string message, Exception? innerException = null) : Exception(message, innerException);
