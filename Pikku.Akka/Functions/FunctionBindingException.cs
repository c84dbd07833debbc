namespace Pikku.Akka.Functions;

/// <summary>A function can't be made callable; becomes one line of the wiring exception.</summary>
internal sealed class FunctionBindingException(string message) : Exception(message);
