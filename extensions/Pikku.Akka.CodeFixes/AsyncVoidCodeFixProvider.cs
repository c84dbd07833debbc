using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Pikku.Akka.Analyzers;

namespace Pikku.Akka.CodeFixes;

/// <summary>Lets a function return a task instead of nothing, and a callback without await be synchronous.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class AsyncVoidCodeFixProvider : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [AsyncVoidAnalyzer.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
            return;
        foreach (var diagnostic in context.Diagnostics)
        {
            var node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (diagnostic.Properties.ContainsKey(AsyncVoidAnalyzer.Callback))
            {
                if (node is LambdaExpressionSyntax callback && !Awaits(callback))
                    Register(context, diagnostic, "Remove async", root, callback, WithoutAsync(callback));
            }
            else if (node is AnonymousFunctionExpressionSyntax lambda)
            {
                if (HasTypes(lambda) && ConversionOf(lambda) is var (old, replacement))
                    Register(context, diagnostic, "Return a task", root, old, replacement);
            }
            else if (await DeclarationOfAsync(context, diagnostic, node).ConfigureAwait(false) is var (document, declaration))
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        "Return a task",
                        async cancellation => document.WithSyntaxRoot((await declaration.SyntaxTree.GetRootAsync(cancellation).ConfigureAwait(false)).ReplaceNode(declaration, AsyncFunction.WithTask(declaration))),
                        equivalenceKey: diagnostic.Id),
                    diagnostic);
            }
        }
    }

    private static void Register(CodeFixContext context, Diagnostic diagnostic, string title, SyntaxNode root, SyntaxNode old, SyntaxNode replacement) =>
        context.RegisterCodeFix(
            CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(old, replacement))), equivalenceKey: diagnostic.Id), diagnostic);

    // The declaration of the method that is reported or that a reported method group names.
    private static async Task<(Document Document, SyntaxNode Declaration)?> DeclarationOfAsync(CodeFixContext context, Diagnostic diagnostic, SyntaxNode node)
    {
        if (node is MethodDeclarationSyntax)
            return (context.Document, node);
        if (diagnostic.AdditionalLocations.Count != 1 || context.Document.Project.Solution.GetDocument(diagnostic.AdditionalLocations[0].SourceTree) is not { } document
            || await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
            return null;
        return (document, root.FindNode(diagnostic.AdditionalLocations[0].SourceSpan));
    }

    // Without the conversion, the lambda has the type that its parameters and its body say.
    private static (SyntaxNode Old, SyntaxNode Replacement)? ConversionOf(AnonymousFunctionExpressionSyntax lambda)
    {
        SyntaxNode outer = lambda;
        while (outer.Parent is ParenthesizedExpressionSyntax)
            outer = outer.Parent;
        return outer.Parent switch
        {
            CastExpressionSyntax cast => (cast, lambda.WithTriviaFrom(cast)),
            ArgumentSyntax { Parent.Parent: ObjectCreationExpressionSyntax creation } => (creation, lambda.WithTriviaFrom(creation)),
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1 } declaration } } =>
                (declaration, declaration.WithType(SyntaxFactory.IdentifierName("var").WithTriviaFrom(declaration.Type))),
            _ => null,
        };
    }

    private static bool HasTypes(AnonymousFunctionExpressionSyntax lambda) => lambda switch
    {
        ParenthesizedLambdaExpressionSyntax parenthesized => parenthesized.ParameterList.Parameters.All(parameter => parameter.Type is not null),
        AnonymousMethodExpressionSyntax method => method.ParameterList is not null,
        _ => false,
    };

    private static bool Awaits(LambdaExpressionSyntax lambda) => lambda.DescendantNodes(node => node == lambda || node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(node =>
        node is AwaitExpressionSyntax or ForEachStatementSyntax { AwaitKeyword.RawKind: not 0 } or UsingStatementSyntax { AwaitKeyword.RawKind: not 0 } or LocalDeclarationStatementSyntax { AwaitKeyword.RawKind: not 0 });

    private static LambdaExpressionSyntax WithoutAsync(LambdaExpressionSyntax lambda)
    {
        var modifiers = SyntaxFactory.TokenList(lambda.Modifiers.Where(modifier => !modifier.IsKind(SyntaxKind.AsyncKeyword)));
        return (LambdaExpressionSyntax)lambda.WithModifiers(modifiers).WithLeadingTrivia(lambda.GetLeadingTrivia());
    }
}
