using Xunit.Abstractions;
using Xunit.Sdk;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>One scenario. A theory is not sufficient, because all its rows have the traits of the method.</summary>
public sealed class ScenarioTestCase : XunitTestCase
{
    [Obsolete("Called by the deserializer alone.")]
    public ScenarioTestCase() { }

    public ScenarioTestCase(
        IMessageSink diagnosticMessageSink,
        TestMethodDisplay defaultMethodDisplay,
        TestMethodDisplayOptions defaultMethodDisplayOptions,
        ITestMethod testMethod,
        object[] testMethodArguments)
        : base(diagnosticMessageSink, defaultMethodDisplay, defaultMethodDisplayOptions, testMethod, testMethodArguments)
    {
    }

    protected override void Initialize()
    {
        base.Initialize();
        Traits["Rule"] = [.. ScenarioFile.Read((string)TestMethodArguments[0]).Rules];
    }
}
