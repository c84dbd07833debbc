namespace Pikku.Akka.Cli;

/// <summary>A running node could not be asked, or has refused a request.</summary>
/// <param name="message">The reason, for people.</param>
/// <param name="inner">The cause; null for a refusal.</param>
internal sealed class NodeException(string message, Exception? inner = null) : Exception(message, inner);
