using System.CommandLine;
using Pikku.Akka.Endpoints;

namespace Pikku.Akka.Cli;

/// <summary><c>asyncapi</c>: what clients may rely on, as a document of AsyncAPI.</summary>
internal static class AsyncApiCommand
{
    public static Command Create(IServiceProvider services) => GenerateCommand.Create(
        "asyncapi", "Writes the contract of this application as AsyncAPI 3.0.0.", _ => ContractSource.Of(services).AsyncApi());
}
