using Pikku.Akka.Analyzers;
using Xunit;

namespace Pikku.Akka.Tests.Analyzers;

/// <summary>PIKKU0006: functions are not written like endpoints of HTTP.</summary>
public sealed class HttpHandlerSpec
{
    private const string Id = HttpHandlerAnalyzer.Id;
    private const string Usings = "using Microsoft.AspNetCore.Authorization;\nusing Microsoft.AspNetCore.Http;\n";

    [Theory]
    [InlineData("channel.MapAction(\"a\", [|() =>|] Results.Ok(1));")]
    [InlineData("channel.MapAction(\"a\", [|async () =>|] { await Task.Yield(); return TypedResults.Ok(1); });")]
    [InlineData("channel.MapAction(\"a\", [|Load|]);")]
    [InlineData("channel.OnConnect([|[Authorize] () =>|] { });")]
    [InlineData("channel.MapAction(\"a\", [|Secret|]);")]
    public Task A_function_that_returns_a_response_or_has_Authorize_is_reported(string statement) => AnalyzedCode.AssertReportsAsync(
        Id, Usings + Application.Wiring(statement, "static Task<IResult> Load() => Task.FromResult(Results.NotFound()); [Authorize(\"policy\")] static void Secret() { }"));

    [Theory]
    [InlineData("class Actions { [PikkuAction] public IResult [|Load|]() => Results.Ok(); }")]
    [InlineData("class Actions { [PikkuAction, Authorize] public int [|Load|]() => 1; }")]
    [InlineData("[Authorize] class [|Actions|] { [PikkuAction] public int Load() => 1; }")]
    [InlineData("[Authorize] class [|Load|] : PikkuFunc<int> { public override ValueTask RunAsync(int input, PikkuContext context, CancellationToken cancellationToken) => default; }")]
    public Task A_class_like_a_controller_is_reported(string type) => AnalyzedCode.AssertReportsAsync(Id, Usings + type);

    [Theory]
    [InlineData("channel.MapAction(\"a\", () => 1);")]
    [InlineData("channel.MapAction(\"a\", [RequireScope(\"admin\")] () => { });")]
    [InlineData("channel.RequirePermission([Authorize] () => true);")]
    [InlineData("Endpoint(() => Results.Ok(1));")]
    public Task Other_functions_and_endpoints_of_HTTP_are_not_reported(string statement) => AnalyzedCode.AssertCleanAsync(
        Usings + Application.Wiring(statement, "static void Endpoint(Delegate handler) => _ = handler;") + "\n[Authorize] class Controller { public IResult Get() => Results.Ok(); }");
}
