namespace Pikku.Akka.Functions;

/// <summary>Thrown when a function cannot be bound. The message becomes one problem of the <see cref="PikkuWiringException"/>.</summary>
internal sealed class FunctionBindingException(string message) : Exception(message);
