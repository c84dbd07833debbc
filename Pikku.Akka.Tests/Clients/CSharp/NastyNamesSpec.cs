using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Pikku.Akka.Clients.CSharp;
using Pikku.Akka.Tests.Contracts;
using Xunit;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>The client compiles for every name in an application.</summary>
public sealed class NastyNamesSpec
{
    [Fact]
    public void A_wiring_with_difficult_names_gives_a_client_that_compiles()
    {
        var source = CSharpClient.Generate(ContractOf.Wiring(NastyWiring.Wire), "My.App.Client");
        var problems = GeneratedAssembly.Compile(source).GetDiagnostics().Where(problem => problem.Severity >= DiagnosticSeverity.Warning).Select(problem => problem.ToString());
        Assert.True(!problems.Any(), string.Join('\n', problems) + "\n" + source);
    }

    [Fact]
    public void A_wiring_with_difficult_names_gives_a_client_that_compiles_with_the_package()
    {
        var source = CSharpClient.GenerateForPackage(ContractOf.Wiring(NastyWiring.Wire), "My.App.Client");
        var problems = GeneratedAssembly.Compile(source, typeof(global::Pikku.Akka.Clients.PikkuClient).Assembly).GetDiagnostics()
            .Where(problem => problem.Severity >= DiagnosticSeverity.Warning).Select(problem => problem.ToString());
        Assert.True(!problems.Any(), string.Join('\n', problems) + "\n" + source);
    }

    [Theory]
    [InlineData("public One2Route One =>")]
    [InlineData("public sealed record ActionType")]
    [InlineData("Task ConnectActionAsync(")]
    [InlineData("Task<string> SendAsync(")]
    [InlineData("public IDisposable OnMessageTopic(Action<TypeType> handler)")]
    [InlineData("public IDisposable OnAny(string any, Action<TypeType> handler)")]
    [InlineData("public PikkuOptional<string?> Text { get; init; }")]
    [InlineData("public required string Class { get; init; }")]
    [InlineData("[JsonDerivedType(typeof(Dog), 7)]")]
    public void Names_that_are_taken_are_changed(string line) =>
        Assert.Contains(line, CSharpClient.Generate(ContractOf.Wiring(NastyWiring.Wire), "My.App.Client"), StringComparison.Ordinal);

    [Fact]
    public void Types_of_the_application_cannot_hide_dotnet_types_that_the_client_uses()
    {
        var compilation = GeneratedAssembly.Compile(CSharpClient.Generate(ContractOf.Conformance(), "N"));
        var model = compilation.GetSemanticModel(compilation.SyntaxTrees[0]);
        var used = compilation.SyntaxTrees[0].GetRoot().DescendantNodes().OfType<SimpleNameSyntax>()
            .Where(name => name.Parent is not (QualifiedNameSyntax or MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "System" } }))
            .Where(name => !name.Ancestors().OfType<UsingDirectiveSyntax>().Any())
            .Where(name => Symbol(model, name) is INamedTypeSymbol type && !type.Locations.Any(place => place.IsInSource))
            .Where(name => name.Parent is not MemberAccessExpressionSyntax access || access.Expression == name)
            .Select(name => name.Identifier.Text).Where(text => text is not ("var" or "System")).Distinct();
        Assert.Empty(used.Except(CSharpTypes.Foreign));
    }

    private static ISymbol? Symbol(SemanticModel model, SimpleNameSyntax name) =>
        model.GetSymbolInfo(name).Symbol is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor ? constructor.ContainingType : model.GetSymbolInfo(name).Symbol;
}
