using Pikku.Akka.Clients.TypeScript;
using Pikku.Akka.Tests.Contracts;
using Xunit;

namespace Pikku.Akka.Tests.Clients.TypeScript;

[Trait("Rule", "M1")]
public sealed class TypeScriptClientSpec
{
    [Fact]
    public void Dump() => File.WriteAllText("/tmp/conformance.ts", TypeScriptClient.Generate(ContractOf.Conformance()));
}
