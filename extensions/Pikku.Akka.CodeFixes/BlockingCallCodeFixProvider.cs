using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;
using Pikku.Akka.Analyzers;

namespace Pikku.Akka.CodeFixes;

/// <summary>Awaits instead of blocking.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class BlockingCallCodeFixProvider : AwaitCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [BlockingCallAnalyzer.Id];

    private protected override string Title(Diagnostic diagnostic) => "Await instead of blocking";

    private protected override (ExpressionSyntax Old, Func<ExpressionSyntax, ExpressionSyntax> Awaited)? Plan(
        SyntaxNode node, SemanticModel model, CancellationToken cancellationToken)
    {
        if (node is MemberAccessExpressionSyntax { Name.Identifier.Text: "Result" } result)
            return (result, current => ((MemberAccessExpressionSyntax)current).Expression);
        if (node is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } call)
            return null;
        // The result of an await is not that of a wait with a timeout.
        var isStatement = call.Parent is ExpressionStatementSyntax;
        switch (member.Name.Identifier.Text)
        {
            case "Wait" when call.ArgumentList.Arguments.Count == 0:
                return (call, ReceiverOf);
            case "GetResult" when member.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "GetAwaiter" } }:
                return (call, current => ReceiverOf(ReceiverOf(current)));
            case "WaitAll" when isStatement && HasOneParameter(call, model, cancellationToken):
                return (call, current => StaticCall("WhenAll", current));
            case "WaitAny" when isStatement && HasOneParameter(call, model, cancellationToken):
                return (call, current => StaticCall("WhenAny", current));
            case "Sleep":
                return (call, current => StaticCall("Delay", current));
            default:
                return null;
        }
    }

    private static ExpressionSyntax ReceiverOf(ExpressionSyntax call) => ((MemberAccessExpressionSyntax)((InvocationExpressionSyntax)call).Expression).Expression;

    private static InvocationExpressionSyntax StaticCall(string method, ExpressionSyntax old) => SyntaxFactory.InvocationExpression(
        SyntaxFactory.ParseExpression($"global::System.Threading.Tasks.Task.{method}").WithAdditionalAnnotations(Simplifier.Annotation, Simplifier.AddImportsAnnotation),
        ((InvocationExpressionSyntax)old).ArgumentList);

    // The tasks, and no timeout or cancellation.
    private static bool HasOneParameter(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken) =>
        model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol { Parameters.Length: 1 };
}
