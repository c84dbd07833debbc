using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Clients;
using Pikku.Akka.Clients.CSharp;
using Pikku.Akka.Clients.TypeScript;
using Pikku.Akka.Contracts;
using Pikku.Akka.Hosting;

namespace Pikku.Akka.Cli;

/// <summary><c>client typescript</c> and <c>client csharp</c>: a typed client, written from the wiring.</summary>
internal static class ClientCommand
{
    public static Command Create(IServiceProvider services)
    {
        var space = new Option<string>("--namespace") { Description = "The namespace of what is written.", DefaultValueFactory = _ => "Pikku.Client" };
        var csharp = Language("csharp", "A client in C#, one file for .NET 8 or later.", services, (contract, call) => CSharpClient.Generate(contract, call.GetValue(space)!));
        csharp.Add(space);
        return new Command("client", "Writes a typed client of this application.")
        {
            Language("typescript", "A client in TypeScript, one file for browsers and Node.js.", services, (contract, _) => TypeScriptClient.Generate(contract)),
            csharp,
        };
    }

    private static Command Language(string name, string description, IServiceProvider services, Func<AppContract, ParseResult, string> generate)
    {
        var file = new Option<string>("--out") { Description = "The file to write; without it the client is printed.", HelpName = "file" };
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
            var plan = services.GetRequiredService<PikkuPlan>();
            var client = generate(ContractReader.Read(plan.Channels, plan.App.Json), call);
            if (call.GetValue(file) is { } path)
                return GeneratedFile.Write(path, client, call.GetValue(check), output, error);
            output.Write(client);
            return 0;
        });
        return command;
    }
}
