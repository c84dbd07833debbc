using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Pikku.Akka.Analyzers;

/// <summary>Reports calls of the library whose task is dropped.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ForgottenAwaitAnalyzer : DiagnosticAnalyzer
{
    internal const string Id = "PIKKU0001";

    private static readonly DiagnosticDescriptor s_rule = new(
        Id, "Await the calls of the library",
        "'{0}' is not awaited, so its errors are lost and the code continues before it has completed; await it, or assign it to a discard",
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
            if (Library.Of(start.Compilation) is { } library)
                start.RegisterOperationAction(operation => Analyze(operation, library), OperationKind.Invocation);
        });
    }

    private static void Analyze(OperationAnalysisContext context, Library library)
    {
        var call = (IInvocationOperation)context.Operation;
        var method = call.TargetMethod;
        if (!library.Owns(method) || !library.Tasks.IsTask(method.ReturnType) || !IsPublic(method))
            return;
        var dropped = ValueOf(call, library.Tasks);
        if (dropped.Parent is not IExpressionStatementOperation)
            return;
        var name = method.MethodKind == MethodKind.DelegateInvoke ? method.ContainingType.Name : $"{method.ContainingType.Name}.{method.Name}";
        context.ReportDiagnostic(Diagnostic.Create(s_rule, dropped.Syntax.GetLocation(), name));
    }

    // The task may pass methods that return it in another form, and it may be that of a conditional call.
    private static IOperation ValueOf(IOperation task, TaskTypes tasks)
    {
        while (true)
        {
            switch (task.Parent)
            {
                case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "Preserve" } outer when outer.Instance == task && tasks.IsTask(task.Type):
                    task = outer;
                    continue;
                case IConditionalAccessOperation access when access.WhenNotNull == task:
                    task = access;
                    continue;
                default:
                    return task;
            }
        }
    }

    private static bool IsPublic(IMethodSymbol method)
    {
        for (ISymbol? one = method; one is not (null or INamespaceSymbol); one = one.ContainingSymbol)
            if (one.DeclaredAccessibility != Accessibility.Public)
                return false;
        return true;
    }
}
