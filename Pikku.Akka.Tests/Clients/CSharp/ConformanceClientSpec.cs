using Pikku.Akka.Clients.CSharp;
using Xunit;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>The client of the application that shows every rule of the wire, as it was approved; the specs beside this one use it.</summary>
public sealed class ConformanceClientSpec
{
    [Fact]
    [Trait("Rule", "M2")]
    public void Is_what_was_approved() =>
        ApprovedClient.Compare(Contract.OfConformance(), "Pikku.Akka.Tests.Clients.CSharp.Generated", "Clients", "CSharp", "ConformanceClient.cs");

    [Fact]
    public void Is_the_same_each_time() =>
        Assert.Equal(CSharpClient.Generate(Contract.OfConformance(), "A"), CSharpClient.Generate(Contract.OfConformance(), "A"));
}
