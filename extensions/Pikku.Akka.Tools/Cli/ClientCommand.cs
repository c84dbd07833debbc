using System.CommandLine;
using Pikku.Akka.Clients.CSharp;
using Pikku.Akka.Clients.TypeScript;
using Pikku.Akka.Endpoints;

namespace Pikku.Akka.Cli;

/// <summary>The commands <c>client typescript</c> and <c>client csharp</c>: generate a typed client from the wiring.</summary>
internal static class ClientCommand
{
    private const string Inline = "inline";
    private const string Package = "package";

    public static Command Create(IServiceProvider services)
    {
        var runtime = new Option<string>("--runtime")
        {
            Description = $"Where the runtime of the client is: '{Inline}', in the generated file, or '{Package}', in a package: @pikku-akka/client of npm, Pikku.Akka.Client of NuGet.",
            DefaultValueFactory = _ => Inline,
        };
        runtime.AcceptOnlyFromAmong(Inline, Package);
        var space = new Option<string>("--namespace") { Description = "The namespace of the generated code.", DefaultValueFactory = _ => "Pikku.Client" };
        var csharp = GenerateCommand.Create(
            "csharp", "Generates a C# client: one file for .NET 8 or later.", call => call.GetValue(runtime) == Package
                ? CSharpClient.GenerateForPackage(Contract(services), call.GetValue(space)!)
                : CSharpClient.Generate(Contract(services), call.GetValue(space)!));
        csharp.Add(space);
        csharp.Add(runtime);
        var typescript = GenerateCommand.Create(
            "typescript", "Generates a TypeScript client: one file for browsers and Node.js.",
            call => call.GetValue(runtime) == Package ? TypeScriptClient.GenerateForPackage(Contract(services)) : TypeScriptClient.Generate(Contract(services)));
        typescript.Add(runtime);
        return new Command("client", "Generates a typed client of this application.")
        {
            typescript,
            csharp,
        };
    }

    private static Contracts.AppContract Contract(IServiceProvider services) => ContractSource.Of(services).Contract;
}
