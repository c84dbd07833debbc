using System.CommandLine;
using Pikku.Akka.Endpoints;

namespace Pikku.Akka.Cli;

/// <summary>The command <c>asyncapi</c>: writes the contract of the application as an AsyncAPI document.</summary>
internal static class AsyncApiCommand
{
    public static Command Create(IServiceProvider services) => GenerateCommand.Create(
        "asyncapi", "Writes the contract of this application as an AsyncAPI 3.0.0 document.", _ => ContractSource.Of(services).AsyncApi());
}
