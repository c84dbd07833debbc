using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Clients.TypeScript;
using Pikku.Akka.Contracts;
using Pikku.Akka.OperatorConsole;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.OperatorConsole;

/// <summary>The page uses a generated client, as the pages of applications do. <c>npm run host:check</c> shows that <c>client.js</c> is compiled from it.</summary>
public sealed class ConsoleClientSpec
{
    [Fact]
    public void The_client_of_the_page_is_what_is_generated_from_the_channel()
    {
        using var services = new ServiceCollection().BuildServiceProvider();
        var channel = ConsoleChannel.Compile(new ConsoleActions(services, new OpenConsoles(services)), null, out var json);
        Snapshot.Is(TypeScriptClient.Generate(ContractReader.Read([channel], json)), "..", "extensions", "Pikku.Akka.Console", "Client", "client.ts");
    }
}
