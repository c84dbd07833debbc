using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Pikku.Akka.Analyzers;

namespace Pikku.Akka.CodeFixes;

/// <summary>Names the properties of the key in the template of a topic.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class TopicNameCodeFixProvider : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [TopicNameAnalyzer.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
            return;
        foreach (var diagnostic in context.Diagnostics)
        {
            // A constant that is declared elsewhere may name more than this topic.
            if (!diagnostic.Properties.TryGetValue(TopicNameAnalyzer.Correction, out var name) || name is null
                || root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not LiteralExpressionSyntax literal)
                continue;
            var corrected = SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(name)).WithTriviaFrom(literal);
            context.RegisterCodeFix(
                CodeAction.Create($"Change the name to \"{name}\"", _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(literal, corrected))), equivalenceKey: diagnostic.Id),
                diagnostic);
        }
    }
}
