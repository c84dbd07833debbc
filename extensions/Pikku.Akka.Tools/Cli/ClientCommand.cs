using System.CommandLine;
using Pikku.Akka.Clients.CSharp;
using Pikku.Akka.Clients.TypeScript;
using Pikku.Akka.Endpoints;

namespace Pikku.Akka.Cli;

/// <summary><c>client typescript</c> and <c>client csharp</c>: a typed client, written from the wiring.</summary>
internal static class ClientCommand
{
    public static Command Create(IServiceProvider services)
    {
        var space = new Option<string>("--namespace") { Description = "The namespace of what is written.", DefaultValueFactory = _ => "Pikku.Client" };
        var csharp = GenerateCommand.Create(
            "csharp", "A client in C#, one file for .NET 8 or later.", call => CSharpClient.Generate(Contract(services), call.GetValue(space)!));
        csharp.Add(space);
        return new Command("client", "Writes a typed client of this application.")
        {
            GenerateCommand.Create("typescript", "A client in TypeScript, one file for browsers and Node.js.", _ => TypeScriptClient.Generate(Contract(services))),
            csharp,
        };
    }

    private static Contracts.AppContract Contract(IServiceProvider services) => ContractSource.Of(services).Contract;
}
