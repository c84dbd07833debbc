namespace Pikku.Akka.Tests.Simulation;

/// <summary>The values of keys are integers.</summary>
internal static class SimulatedValue
{
    public static byte[] Write(int value) => BitConverter.GetBytes(value);

    /// <returns>Null for a removal.</returns>
    public static int? Read(byte[]? value) => value is null ? null : BitConverter.ToInt32(value);
}
