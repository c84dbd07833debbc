using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Pikku.Akka.CodeFixes;

/// <summary>Awaits an expression, and makes the function around it asynchronous.</summary>
public abstract class AwaitCodeFixProvider : CodeFixProvider
{
    private protected AwaitCodeFixProvider()
    {
    }

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => FixAllProvider.Create(async (context, document, diagnostics) =>
        await FixAsync(document, diagnostics, context.CancellationToken).ConfigureAwait(false) ?? document);

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            // Whether there is a fix depends on the function around the expression.
            if (await FixAsync(context.Document, [diagnostic], context.CancellationToken).ConfigureAwait(false) is not { } document)
                continue;
            context.RegisterCodeFix(CodeAction.Create(Title(diagnostic), _ => Task.FromResult(document), equivalenceKey: diagnostic.Id), diagnostic);
        }
    }

    private protected abstract string Title(Diagnostic diagnostic);

    /// <summary>What to replace, and the expression to await in its place; null when there is no such expression.</summary>
    private protected abstract (ExpressionSyntax Old, Func<ExpressionSyntax, ExpressionSyntax> Awaited)? Plan(SyntaxNode node, SemanticModel model, CancellationToken cancellationToken);

    private async Task<Document?> FixAsync(Document document, IEnumerable<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        if (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root
            || await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model)
            return null;
        var editor = new SyntaxEditor(root, document.Project.Solution.Services);
        var functions = new HashSet<SyntaxNode>();
        var isChanged = false;
        foreach (var diagnostic in diagnostics)
        {
            var node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (Plan(node, model, cancellationToken) is not { } plan || AsyncFunction.Of(plan.Old, model, cancellationToken) is not { } function)
                continue;
            isChanged = true;
            editor.ReplaceNode(plan.Old, (current, _) => Await(plan.Awaited((ExpressionSyntax)current), plan.Old));
            if (function.Node is { } changed && functions.Add(changed))
                function.Apply(editor);
        }

        return isChanged ? document.WithSyntaxRoot(editor.GetChangedRoot()) : null;
    }

    private static ExpressionSyntax Await(ExpressionSyntax task, ExpressionSyntax old)
    {
        ExpressionSyntax awaited = SyntaxFactory.AwaitExpression(task.WithoutTrivia());
        var needsParentheses = old.Parent switch
        {
            MemberAccessExpressionSyntax access => access.Expression == old,
            ElementAccessExpressionSyntax access => access.Expression == old,
            InvocationExpressionSyntax call => call.Expression == old,
            ConditionalAccessExpressionSyntax access => access.Expression == old,
            PostfixUnaryExpressionSyntax => true,
            _ => false,
        };
        return (needsParentheses ? SyntaxFactory.ParenthesizedExpression(awaited) : awaited).WithTriviaFrom(old);
    }
}
