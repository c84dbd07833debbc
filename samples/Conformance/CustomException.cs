namespace Conformance;

/// <summary>An exception without a reference to Pikku; the application registers the error that clients receive for it.</summary>
public sealed class CustomException() : Exception("for the log alone");
