using Pikku.Akka.Clients.CSharp;
using Pikku.Akka.Tests.Contracts;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>The client of the application that shows every rule of the wire, as it was approved; the specs beside this one use it.</summary>
public sealed class ConformanceClientSpec
{
    [Fact]
    [Trait("Rule", "M2")]
    public void Is_what_was_approved() =>
        Snapshot.Is(
        CSharpClient.Generate(ContractOf.Conformance(), "Pikku.Akka.Tests.Clients.CSharp.Generated"), "Clients", "CSharp", "ConformanceClient.cs");

    [Fact]
    public void Is_the_same_each_time() =>
        Assert.Equal(CSharpClient.Generate(ContractOf.Conformance(), "A"), CSharpClient.Generate(ContractOf.Conformance(), "A"));
}
