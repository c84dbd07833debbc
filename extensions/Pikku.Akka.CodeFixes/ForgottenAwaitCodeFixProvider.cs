using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Pikku.Akka.Analyzers;

namespace Pikku.Akka.CodeFixes;

/// <summary>Awaits a call whose task is dropped.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class ForgottenAwaitCodeFixProvider : AwaitCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [ForgottenAwaitAnalyzer.Id];

    private protected override string Title(Diagnostic diagnostic) => "Await the call";

    // A conditional call returns no task when there is nothing to call, and null can't be awaited.
    private protected override (ExpressionSyntax Old, Func<ExpressionSyntax, ExpressionSyntax> Awaited)? Plan(
        SyntaxNode node, SemanticModel model, CancellationToken cancellationToken) =>
        node is InvocationExpressionSyntax call ? (call, task => task) : null;
}
