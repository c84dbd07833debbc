using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Pikku.Akka.Analyzers;

/// <summary>Reports functions and callbacks of the wiring that are <c>async void</c>.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AsyncVoidAnalyzer : DiagnosticAnalyzer
{
    internal const string Id = "PIKKU0002";

    /// <summary>The property of a diagnostic about a callback that configures something, which can't return a task.</summary>
    internal const string Callback = nameof(Callback);

    private static readonly DiagnosticDescriptor s_rule = new(
        Id, "Do not wire async void",
        "{0} is async void, so nothing can await it and its exceptions end the process; {1}",
        "Reliability", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink.Of(Id));

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
            start.RegisterOperationAction(operation => AnalyzeArgument(operation, library), OperationKind.Argument);
            start.RegisterSymbolAction(symbol => AnalyzeAction(symbol, library), SymbolKind.Method);
        });
    }

    private static void AnalyzeAction(SymbolAnalysisContext context, Library library)
    {
        var method = (IMethodSymbol)context.Symbol;
        if (method is { IsAsync: true, ReturnsVoid: true } && library.IsAction(method))
            context.ReportDiagnostic(Diagnostic.Create(s_rule, method.Locations[0], $"The action '{method.Name}'", "return Task or ValueTask"));
    }

    private static void AnalyzeArgument(OperationAnalysisContext context, Library library)
    {
        var argument = (IArgumentOperation)context.Operation;
        if (argument.Parameter is not { } parameter)
            return;
        var isFunction = library.Owns(parameter.ContainingSymbol) && SymbolEqualityComparer.Default.Equals(parameter.Type, library.Delegate);
        if (!isFunction && !IsCallback(library, parameter))
            return;
        var code = WiredCode.CodeOf(argument.Value);
        if (code is ILocalReferenceOperation { Local: { } local })
            code = InitializerOf(local, argument) ?? code;
        var what = code switch
        {
            IAnonymousFunctionOperation { Symbol: { IsAsync: true, ReturnsVoid: true } } => "The lambda",
            IMethodReferenceOperation { Method: { IsAsync: true, ReturnsVoid: true } method } => $"The method '{method.Name}'",
            _ => null,
        };
        if (what is null)
            return;
        var fix = isFunction
            ? code is IMethodReferenceOperation ? "return Task or ValueTask" : "remove the conversion to a delegate that returns nothing"
            : $"the callback of '{parameter.ContainingSymbol.Name}' must complete before it returns, so write it without await";
        var location = code is IAnonymousFunctionOperation lambda ? Heads.Of(lambda) : argument.Value.Syntax.GetLocation();
        var properties = isFunction ? null : ImmutableDictionary<string, string?>.Empty.Add(Callback, null);
        var declaration = code is IMethodReferenceOperation group ? group.Method.Locations.Where(one => one.IsInSource) : [];
        context.ReportDiagnostic(Diagnostic.Create(s_rule, location, declaration, properties, what, fix));
    }

    // A callback that configures something returns nothing, so an async lambda for it is async void. Packages that build on the library have such callbacks too.
    private static bool IsCallback(Library library, IParameterSymbol parameter) =>
        parameter.Type is INamedTypeSymbol { DelegateInvokeMethod: { ReturnsVoid: true } invoke }
        && (library.Owns(parameter.ContainingSymbol) || invoke.Parameters.Any(one => Library.Contains(library.Builders, one.Type)));

    // The lambda that a local variable holds. A variable that is written again may hold another one.
    private static IAnonymousFunctionOperation? InitializerOf(ILocalSymbol local, IOperation use)
    {
        var root = use;
        while (root.Parent is not null)
            root = root.Parent;
        IAnonymousFunctionOperation? lambda = null;
        foreach (var operation in root.Descendants())
        {
            switch (operation)
            {
                case IVariableDeclaratorOperation declarator when SymbolEqualityComparer.Default.Equals(declarator.Symbol, local):
                    lambda = declarator.GetVariableInitializer() is { } initializer ? WiredCode.CodeOf(initializer.Value) as IAnonymousFunctionOperation : null;
                    break;
                case IAssignmentOperation { Target: ILocalReferenceOperation target } when SymbolEqualityComparer.Default.Equals(target.Local, local):
                case IArgumentOperation { Parameter.RefKind: not RefKind.None, Value: ILocalReferenceOperation reference } when SymbolEqualityComparer.Default.Equals(reference.Local, local):
                    return null;
            }
        }

        return lambda;
    }
}
