using Xunit;

namespace Pikku.Akka.Tests.Interoperability;

/// <summary>Programs that a machine may not have. A run of <c>.ci/run</c> installs them and must not go without them.</summary>
internal static class Optional
{
    /// <summary>Skips the test where the program is missing, but fails it in <c>.ci/run</c>.</summary>
    public static void Need(bool isThere, string message)
    {
        if (isThere)
            return;
        if (Environment.GetEnvironmentVariable("CI") is "true")
            Assert.Fail(message);
        Skip.If(true, message);
    }

    /// <summary>Finds a program on the path.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
