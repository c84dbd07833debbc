using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Pikku.Akka.Analyzers;

/// <summary>Reports functions that are written like endpoints of HTTP: they return an IResult, or have [Authorize]. The application would not start.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HttpHandlerAnalyzer : DiagnosticAnalyzer
{
    internal const string Id = "PIKKU0006";

    private const string Authorizes =
        "has [Authorize], which Pikku does not evaluate; use RequireSession, RequireScope, RequirePolicy or RequirePermission where it is wired, or RequireAuthorization on the channel";

    private static readonly DiagnosticDescriptor s_rule = new(
        Id, "Do not write functions like HTTP endpoints", "The function {0}",
        "Usage", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink.Of(Id));

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [s_rule];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (Library.Of(start.Compilation) is not { } library)
                return;
            var run = new Run(
                library,
                start.Compilation.GetTypeByMetadataName("Microsoft.AspNetCore.Http.IResult"),
                start.Compilation.GetTypeByMetadataName("Microsoft.AspNetCore.Authorization.IAuthorizeData"));
            start.RegisterOperationAction(run.AnalyzeArgument, OperationKind.Argument);
            start.RegisterSymbolAction(run.AnalyzeMethod, SymbolKind.Method);
            start.RegisterSymbolAction(run.AnalyzeClass, SymbolKind.NamedType);
        });
    }

    private sealed class Run(Library library, INamedTypeSymbol? result, INamedTypeSymbol? authorize)
    {
        public void AnalyzeArgument(OperationAnalysisContext context)
        {
            var argument = (IArgumentOperation)context.Operation;
            // A permission is a delegate too, which returns true or false.
            if (argument.Parameter is not { ContainingSymbol: IMethodSymbol { Name: not "RequirePermission", ContainingType.Name: not "PikkuPermission" } method } parameter
                || !library.Owns(method) || !SymbolEqualityComparer.Default.Equals(parameter.Type, library.Delegate))
                return;
            var (code, location) = WiredCode.CodeOf(argument.Value) switch
            {
                IAnonymousFunctionOperation lambda => (lambda.Symbol, Heads.Of(lambda)),
                IMethodReferenceOperation reference => (reference.Method, reference.Syntax.GetLocation()),
                _ => (null, null),
            };
            if (code is not null && ProblemOf(code) is { } problem)
                context.ReportDiagnostic(Diagnostic.Create(s_rule, location, problem));
        }

        public void AnalyzeMethod(SymbolAnalysisContext context)
        {
            var method = (IMethodSymbol)context.Symbol;
            if (method.MethodKind == MethodKind.Ordinary && !method.GetAttributes().IsEmpty && library.IsAction(method) && ProblemOf(method) is { } problem)
                context.ReportDiagnostic(Diagnostic.Create(s_rule, method.Locations[0], problem));
        }

        public void AnalyzeClass(SymbolAnalysisContext context)
        {
            var type = (INamedTypeSymbol)context.Symbol;
            if (HasAuthorize(type) && (library.IsFunction(type) || type.GetMembers().OfType<IMethodSymbol>().Any(library.IsAction)))
                context.ReportDiagnostic(Diagnostic.Create(s_rule, type.Locations[0], Authorizes));
        }

        private string? ProblemOf(IMethodSymbol code)
        {
            if (HasAuthorize(code))
                return Authorizes;
            var returned = library.Tasks.ResultOf(code.ReturnType);
            return result is not null && (SymbolEqualityComparer.Default.Equals(returned, result) || returned.AllInterfaces.Contains(result, SymbolEqualityComparer.Default))
                ? $"returns {returned.Name}, which writes an HTTP response; return the value itself, and throw an error such as NotFoundError to refuse"
                : null;
        }

        private bool HasAuthorize(ISymbol symbol) =>
            authorize is not null && symbol.GetAttributes().Any(attribute => attribute.AttributeClass?.AllInterfaces.Contains(authorize, SymbolEqualityComparer.Default) == true);
    }
}
