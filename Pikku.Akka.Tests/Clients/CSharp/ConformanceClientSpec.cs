using Pikku.Akka.Clients.CSharp;
using Pikku.Akka.Tests.Contracts;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>The approved client of the sample that covers every rule of the wire format. Other specs in this folder use it.</summary>
public sealed class ConformanceClientSpec
{
    [Fact]
    [Trait("Rule", "M2")]
    public void Matches_the_approved_client() =>
        Snapshot.Is(
        CSharpClient.Generate(ContractOf.Conformance(), "Pikku.Akka.Tests.Clients.CSharp.Generated"), "Clients", "CSharp", "ConformanceClient.cs");

    [Fact]
    public void The_same_contract_gives_the_same_text() =>
        Assert.Equal(CSharpClient.Generate(ContractOf.Conformance(), "A"), CSharpClient.Generate(ContractOf.Conformance(), "A"));
}
