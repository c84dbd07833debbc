using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace Pikku.Akka.Tests.Packages;

/// <summary>Commands of the .NET SDK, each as a process of its own.</summary>
internal static partial class Sdk
{
    /// <summary>A build on a busy machine takes its time; this is when it counts as hanging.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(15);

    /// <summary>Runs a command to its end, which must be successful.</summary>
    /// <returns>What it wrote to its output.</returns>
    public static async Task<string> RunAsync(string folder, IEnumerable<string> command, params (string Name, string Value)[] variables)
    {
        using var process = Start(folder, command, variables);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync().WaitAsync(s_patience);
            Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', command)} ended with {process.ExitCode}:\n{await output}\n{await error}");
            return await output;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Restores a project, or skips the test if the packages of the SDK that it needs are not to be had, as without a network.</summary>
    public static async Task RestoreOrSkipAsync(string folder, params string[] options)
    {
        using var process = Start(folder, ["restore", .. options]);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(s_patience);
        await error;
        Skip.If(process.ExitCode != 0 && UnavailablePackage().IsMatch(await output), $"A package of the SDK is not to be had: {await output}");
        Assert.True(process.ExitCode == 0, await output);
    }

    // NU1101: no source has the package; NU1102: none has the version; NU1301: a source can't be reached.
    [GeneratedRegex("error NU1(101|102|301)")]
    private static partial Regex UnavailablePackage();

    /// <summary>Starts a command.</summary>
    public static Process Start(string folder, IEnumerable<string> command, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("dotnet", command) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // These tests may themselves run below MSBuild, whose variables are about that build.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1"; // nodes would outlive the tests
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
