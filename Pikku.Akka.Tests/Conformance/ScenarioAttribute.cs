using Xunit;
using Xunit.Sdk;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>A test that runs once per scenario file, with the file's name and its rules as traits.</summary>
[XunitTestCaseDiscoverer("Pikku.Akka.Tests.Conformance.ScenarioDiscoverer", "Pikku.Akka.Tests")]
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ScenarioAttribute : FactAttribute;
