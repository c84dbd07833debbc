namespace Conformance;

/// <summary>An exception that knows nothing of Pikku; the application registers what clients are told of it.</summary>
public sealed class CustomException() : Exception("for the log alone");
