using Xunit.Abstractions;
using Xunit.Sdk;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>Creates a test case for every scenario file.</summary>
public sealed class ScenarioDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        ScenarioFile.Names.Select(name => new ScenarioTestCase(
            diagnostics, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod, [name]));
}
