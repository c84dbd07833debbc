namespace Pikku.Akka.Clients;

/// <summary>A loop over events or items is too slow: more than <see cref="PikkuOptions.MaxBuffered"/> values were waiting for it.</summary>
public sealed class PikkuBufferOverflowException(int limit) : Exception($"The loop is too slow: {limit} values are waiting for it.");
