namespace Pikku.Akka.Protocol;

/// <summary>An error as the client receives it.</summary>
/// <param name="Name">The name of the error, for programs.</param>
/// <param name="Status">The corresponding HTTP status.</param>
/// <param name="Message">The message, for people.</param>
/// <param name="ErrorId">The id of the exception in the log; null for an error that need not be looked up.</param>
/// <param name="Details">The problems of an input; null for none.</param>
internal readonly record struct ErrorInfo(
    string Name, int Status, string Message, string? ErrorId = null, IReadOnlyList<InputProblem>? Details = null);
