using Mono.Cecil;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Xunit;

namespace Pikku.Akka.Tests.Architecture;

/// <summary>
/// The library and the clients that it generates take the time from <see cref="TimeProvider"/> only: an application and its tests replace one clock, and
/// everything follows it. The spec reads the compiled code, where the overload of each call is known. Periodic ticks of actors come from the scheduler of
/// Akka; what they measure comes from the clock.
/// </summary>
public sealed class ClockSpec
{
    /// <summary>Types that may use the clock of the system directly, each with its reason.</summary>
    private static readonly Dictionary<string, string> Excepted = new()
    {
        ["Pikku.Akka.Hosting.HostingRegistration"] = "It registers the clock of the system when the application has registered none.",
        ["Pikku.Akka.Dispatch.Cascade"] = "It measures how long a thread of the process is used, and several applications may share the threads.",
        ["Pikku.Akka.Dispatch.CascadeRescue"] = "It watches the threads of the process, like Cascade.",
        ["Pikku.Akka.Tests.Clients.CSharp.Generated.PikkuOptions"] = "A client may run without a container, so it has a default clock.",
    };

    private static readonly (string Type, string Member)[] Calls = [.. ReadCalls()];

    [Fact]
    public void Production_code_uses_no_clock_beside_TimeProvider() =>
        Assert.Empty(Calls.Where(call => !(call.Member == SystemClock && Excepted.ContainsKey(call.Type))).Select(call => $"{call.Type} uses {call.Member}"));

    [Fact]
    public void Every_exception_is_still_needed() =>
        Assert.Empty(Excepted.Keys.Except(Calls.Where(call => call.Member == SystemClock).Select(call => call.Type)));

    [Theory]
    [InlineData(typeof(Environment), "get_TickCount64", true)]
    [InlineData(typeof(System.Diagnostics.Stopwatch), "GetTimestamp", true)]
    [InlineData(typeof(DateTime), "get_UtcNow", true)]
    [InlineData(typeof(DateTimeOffset), "get_Now", true)]
    [InlineData(typeof(DateTimeOffset), "get_UtcDateTime", false)]
    [InlineData(typeof(PeriodicTimer), "WaitForNextTickAsync", false)]
    [InlineData(typeof(TimeProvider), "GetTimestamp", false)]
    public void The_rule_knows_the_other_clocks(Type type, string member, bool isClock) =>
        Assert.Equal(isClock, Methods(type).Where(method => method.Name == member).All(IsOtherClock));

    [Theory]
    [InlineData(typeof(Task), nameof(Task.Delay))]
    [InlineData(typeof(Task), nameof(Task.WaitAsync))]
    [InlineData(typeof(CancellationTokenSource), ".ctor")]
    [InlineData(typeof(PeriodicTimer), ".ctor")]
    public void The_rule_finds_waits_with_a_timeout_and_without_a_clock(Type type, string member)
    {
        var overloads = Methods(type).Where(method => method.Name == member).ToLookup(IsOtherClock);

        Assert.NotEmpty(overloads[true]);
        Assert.All(overloads[true], method => Assert.DoesNotContain(method.Parameters, IsClock));
        Assert.Contains(overloads[false], method => method.Parameters.Any(IsClock));
    }

    private const string SystemClock = "TimeProvider.System";

    private static IEnumerable<(string Type, string Member)> ReadCalls() =>
        from type in ProductionTypes()
        from method in type.Methods
        where method.HasBody
        from instruction in method.Body.Instructions
        let called = instruction.Operand as MethodReference
        where called is not null && (IsOtherClock(called) || IsSystemClock(called))
        select (Outermost(type).FullName, IsSystemClock(called) ? SystemClock : called.FullName);

    private static IEnumerable<TypeDefinition> ProductionTypes()
    {
        string[] assemblies = [.. SourceTree.Assemblies.Select(assembly => assembly.Location), typeof(AkkaConfigurationBuilderExtensions).Assembly.Location];
        var production = assemblies.SelectMany(assembly => ModuleDefinition.ReadModule(assembly).GetTypes());
        // The runtime of generated clients is compiled only as a part of a client.
        var client = ModuleDefinition.ReadModule(typeof(ClockSpec).Assembly.Location).GetTypes()
            .Where(type => Outermost(type).Namespace == typeof(PikkuOptions).Namespace);
        return production.Concat(client);
    }

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static Mono.Collections.Generic.Collection<MethodDefinition> Methods(Type type) => ModuleDefinition.ReadModule(type.Assembly.Location).GetType(type.FullName).Methods;

    private static bool IsSystemClock(MethodReference method) => method.DeclaringType.FullName == "System.TimeProvider" && method.Name == "get_System";

    private static bool IsOtherClock(MethodReference method) => method.DeclaringType.FullName switch
    {
        "System.Diagnostics.Stopwatch" or "System.Timers.Timer" => true,
        "System.Environment" => method.Name is "get_TickCount" or "get_TickCount64",
        "System.DateTime" or "System.DateTimeOffset" => method.Name is "get_Now" or "get_UtcNow" or "get_Today",
        "System.Threading.Timer" => method.Name == ".ctor",
        "System.Threading.PeriodicTimer" or "System.Threading.CancellationTokenSource" => method.Name == ".ctor" && HasTimeoutAlone(method),
        "System.Threading.Thread" => method.Name is "Sleep" or "Join" && HasTimeoutAlone(method),
        { } name when name.StartsWith("System.Threading.", StringComparison.Ordinal) =>
            method.Name is "Delay" or "Wait" or "WaitAsync" or "WaitAll" or "WaitAny" or "WaitOne" or "TryEnter" && HasTimeoutAlone(method),
        _ => false,
    };

    private static bool HasTimeoutAlone(MethodReference method) =>
        method.Parameters.Any(parameter => parameter.ParameterType.FullName is "System.TimeSpan" or "System.Int32") && !method.Parameters.Any(IsClock);

    private static bool IsClock(ParameterDefinition parameter) => parameter.ParameterType.FullName == "System.TimeProvider";
}
