using System.CommandLine;

namespace Pikku.Akka.Cli;

/// <summary>Creates a command that generates one file from the wiring or checks that an existing file is up to date.</summary>
internal static class GenerateCommand
{
    /// <param name="name">The name of the command.</param>
    /// <param name="description">The description in the help text.</param>
    /// <param name="generate">Generates the text. The same wiring must always give the same text.</param>
    public static Command Create(string name, string description, Func<ParseResult, string> generate)
    {
        var file = new Option<string>("--out") { Description = "The file to write. Without this option, the text is printed.", HelpName = "file" };
        var check = new Option<bool>("--check") { Description = "Writes nothing. The exit code is 1 if the file is out of date or missing." };
        var command = new Command(name, description) { file, check };
        command.Validators.Add(result =>
        {
            if (result.GetValue(check) && result.GetValue(file) is null)
                result.AddError($"{check.Name} requires {file.Name}, which names the file to check.");
        });
        command.SetAction(call =>
        {
            var (output, error) = (call.InvocationConfiguration.Output, call.InvocationConfiguration.Error);
            var text = generate(call);
            if (call.GetValue(file) is { } path)
                return GeneratedFile.Write(path, text, call.GetValue(check), output, error);
            output.Write(text);
            return 0;
        });
        return command;
    }
}
