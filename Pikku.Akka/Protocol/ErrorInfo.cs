namespace Pikku.Akka.Protocol;

/// <summary>What a client is told of an error.</summary>
/// <param name="Name">The name of the error, for programs.</param>
/// <param name="Status">The HTTP status that says the same.</param>
/// <param name="Message">The message, for people.</param>
/// <param name="ErrorId">Under which the log has the exception; null for an error that needs no looking up.</param>
/// <param name="Details">The broken rules of an input; null for none.</param>
internal readonly record struct ErrorInfo(
    string Name, int Status, string Message, string? ErrorId = null, IReadOnlyList<ErrorDetail>? Details = null);
