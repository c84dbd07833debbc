using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Pikku.Akka.Analyzers;

/// <summary>Reports calls that block a thread in code that runs for messages: functions, middleware, permissions and handlers of events.</summary>
/// <remarks>
/// A lambda and a method of a class are known to be such code where they stand. A method group may be wired in another file than its method, so its method is
/// reported at the end of the compilation.
/// </remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BlockingCallAnalyzer : DiagnosticAnalyzer
{
    internal const string Id = "PIKKU0003";

    private static readonly DiagnosticDescriptor s_rule = new(
        Id, "Do not block in functions",
        "'{0}' blocks a thread of the pool that every connection of the node needs; {1}",
        "Reliability", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink.Of(Id), customTags: WellKnownDiagnosticTags.CompilationEnd);

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
            var run = new Run(library, start.Compilation.GetTypeByMetadataName("System.Linq.Enumerable"));
            start.RegisterOperationAction(run.AnalyzeCall, OperationKind.Invocation, OperationKind.PropertyReference);
            start.RegisterOperationAction(run.AnalyzeMethodGroup, OperationKind.MethodReference);
            start.RegisterCompilationEndAction(run.ReportMethodGroups);
        });
    }

    private sealed class Run(Library library, INamedTypeSymbol? enumerable)
    {
        private readonly ConcurrentDictionary<ISymbol, bool> _wired = new(SymbolEqualityComparer.Default);
        private readonly ConcurrentQueue<(IMethodSymbol Method, Diagnostic Diagnostic)> _candidates = new();

        public void AnalyzeCall(OperationAnalysisContext context)
        {
            if (BlockingCall.Of(context.Operation, library.Tasks) is not { } call)
                return;
            var (function, isWired) = FunctionOf(context.Operation, context.ContainingSymbol);
            if (function is null || call.IsOfCompletedTask(function))
                return;
            var diagnostic = Diagnostic.Create(s_rule, context.Operation.Syntax.GetLocation(), call.Name, call.Fix);
            if (isWired)
                context.ReportDiagnostic(diagnostic);
            else if (MethodOf(function, context.ContainingSymbol) is { } method)
                _candidates.Enqueue((method, diagnostic));
        }

        public void AnalyzeMethodGroup(OperationAnalysisContext context)
        {
            if (WiredCode.IsFunction(library, WiredCode.ParameterOf(context.Operation)))
                _wired.TryAdd(DefinitionOf(((IMethodReferenceOperation)context.Operation).Method), true);
        }

        public void ReportMethodGroups(CompilationAnalysisContext context)
        {
            foreach (var (method, diagnostic) in _candidates)
                if (_wired.ContainsKey(DefinitionOf(method)))
                    context.ReportDiagnostic(diagnostic);
        }

        // The function that runs an operation, and whether it is known to be wired. Null for code of which nothing says when it runs: another lambda may run on a
        // thread of its own. The methods of LINQ run their lambdas where they are called.
        private (IOperation? Function, bool IsWired) FunctionOf(IOperation operation, ISymbol containing)
        {
            var one = operation;
            for (; one.Parent is not null; one = one.Parent)
            {
                if (one is ILocalFunctionOperation)
                    return (one, false);
                if (one is not IAnonymousFunctionOperation)
                    continue;
                var parameter = WiredCode.ParameterOf(one);
                if (WiredCode.IsFunction(library, parameter))
                    return (one, true);
                if (enumerable is null || !SymbolEqualityComparer.Default.Equals(parameter?.ContainingType, enumerable))
                    return (null, false);
            }

            return (one, containing is IMethodSymbol method && WiredCode.IsFunction(library, method));
        }

        private static IMethodSymbol? MethodOf(IOperation function, ISymbol containing) =>
            function is ILocalFunctionOperation local ? local.Symbol : containing as IMethodSymbol;

        private static IMethodSymbol DefinitionOf(IMethodSymbol method)
        {
            method = method.OriginalDefinition;
            return method.PartialDefinitionPart ?? method;
        }
    }
}
