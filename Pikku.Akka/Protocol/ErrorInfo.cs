namespace Pikku.Akka.Protocol;

/// <summary>What a client is told of an error.</summary>
internal readonly record struct ErrorInfo(string Name, int Status, string Message, string? ErrorId, IReadOnlyList<ErrorDetail>? Details);
