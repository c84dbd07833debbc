namespace Pikku.Akka;

/// <summary>
/// An expectation of a test was not met. The message says what was expected, what came instead, and which messages the connection exchanged last. Test frameworks report the
/// exception as a failed test, so no package for one of them is needed.
/// </summary>
/// <param name="message">The message.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class PikkuExpectationException(string message, Exception? innerException = null) : Exception(message, innerException);
