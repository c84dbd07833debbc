using Pikku.Akka.Cli;

namespace Pikku.Akka.Tests.Cli;

/// <summary>The result of a command: its exit code and its output.</summary>
internal sealed record Run(int Code, string Output, string Error)
{
    public string[] Lines => Output.TrimEnd('\n').Split('\n');

    /// <summary>Runs a command of the small application with its output in a pipe.</summary>
    public static Task<Run> Piped(string command) => In(null, command);

    /// <summary>Runs a command of the small application in a terminal.</summary>
    public static async Task<Run> In(int? width, string command, bool style = false)
    {
        await using var app = SmallApp.Build();
        return await Of(app.Services, command, width, style);
    }

    public static async Task<Run> Of(IServiceProvider services, string command, int? width = null, bool style = false)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.RunAsync(services, command.Split(' '), new Terminal(output, error) { Width = width, HasStyle = style });
        return new Run(code, output.ToString(), error.ToString());
    }
}
