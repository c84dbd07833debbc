using System.CommandLine;

namespace Pikku.Akka.Cli;

/// <summary>A command that writes one file from the wiring, or says that the one that is there is stale.</summary>
internal static class GenerateCommand
{
    /// <param name="name">Its name.</param>
    /// <param name="description">What it writes.</param>
    /// <param name="generate">Makes the text; the same wiring makes the same.</param>
    public static Command Create(string name, string description, Func<ParseResult, string> generate)
    {
        var file = new Option<string>("--out") { Description = "The file to write; without it the text is printed.", HelpName = "file" };
        var check = new Option<bool>("--check") { Description = "Write nothing; the exit code is 1 when the file is not what would be written." };
        var command = new Command(name, description) { file, check };
        command.Validators.Add(result =>
        {
            if (result.GetValue(check) && result.GetValue(file) is null)
                result.AddError($"{check.Name} needs {file.Name}: the file that is looked at.");
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
