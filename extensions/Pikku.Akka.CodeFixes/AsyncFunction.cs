using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Simplification;
using Pikku.Akka.Analyzers;

namespace Pikku.Akka.CodeFixes;

/// <summary>The function around an expression that becomes asynchronous, so that the expression can be awaited.</summary>
internal sealed class AsyncFunction
{
    private readonly SyntaxNode? _function; // null when the function is asynchronous already
    private readonly List<(SyntaxNode Node, Func<SyntaxNode, SyntaxNode> Change)> _returns = [];

    private AsyncFunction(SyntaxNode? function) => _function = function;

    /// <summary>Finds the function; null when it can't contain an await without a change of code that calls it.</summary>
    public static AsyncFunction? Of(SyntaxNode expression, SemanticModel model, CancellationToken cancellationToken)
    {
        foreach (var node in expression.Ancestors())
        {
            switch (node)
            {
                case LockStatementSyntax or QueryExpressionSyntax or CatchFilterClauseSyntax or UnsafeStatementSyntax or FixedStatementSyntax:
                    return null;
                case AnonymousFunctionExpressionSyntax lambda:
                    return Of(lambda, model, cancellationToken);
                case LocalFunctionStatementSyntax or MethodDeclarationSyntax:
                    return OfMethod(node, model, cancellationToken);
                case GlobalStatementSyntax:
                    return new AsyncFunction(null); // the entry point is asynchronous as soon as it awaits
                case MemberDeclarationSyntax or AccessorDeclarationSyntax:
                    return null;
            }
        }

        return null;
    }

    /// <summary>Makes the function asynchronous.</summary>
    public void Apply(SyntaxEditor editor)
    {
        if (_function is null)
            return;
        foreach (var (node, change) in _returns)
            editor.ReplaceNode(node, (current, _) => change(current));
        editor.ReplaceNode(_function, (current, _) => MakeAsync(WithoutLastReturn(current)));
    }

    /// <summary>The function itself, so that several expressions in it change it once; null when it does not change.</summary>
    public SyntaxNode? Node => _function;

    /// <summary>A method or local function that returns a task instead of nothing.</summary>
    public static SyntaxNode WithTask(SyntaxNode function) => function switch
    {
        MethodDeclarationSyntax method => method.WithReturnType(Task(method.ReturnType)),
        LocalFunctionStatementSyntax local => local.WithReturnType(Task(local.ReturnType)),
        _ => function,
    };

    private static AsyncFunction? Of(AnonymousFunctionExpressionSyntax lambda, SemanticModel model, CancellationToken cancellationToken)
    {
        if (lambda.AsyncKeyword != default)
            return new AsyncFunction(null);
        if (model.GetSymbolInfo(lambda, cancellationToken).Symbol is not IMethodSymbol symbol || HasReferences(symbol))
            return null;
        var function = new AsyncFunction(lambda);
        var tasks = new TaskTypes(model.Compilation);
        if (tasks.IsTask(symbol.ReturnType))
            return function.TryUnwrapReturns(lambda.Body, symbol.ReturnType, tasks, model, cancellationToken) ? function : null;
        // Without a type of its own the lambda becomes one that returns a task. Any other delegate would be async void, or not compile.
        var type = model.GetTypeInfo(lambda, cancellationToken).ConvertedType;
        var isFree = type?.SpecialType is SpecialType.System_Delegate or SpecialType.System_MulticastDelegate or SpecialType.System_Object;
        return isFree && lambda is not ParenthesizedLambdaExpressionSyntax { ReturnType: not null } ? function : null;
    }

    private static AsyncFunction? OfMethod(SyntaxNode node, SemanticModel model, CancellationToken cancellationToken)
    {
        if (model.GetDeclaredSymbol(node, cancellationToken) is not IMethodSymbol symbol)
            return null;
        if (symbol.IsAsync)
            return new AsyncFunction(null);
        SyntaxNode? body = node is MethodDeclarationSyntax method ? (SyntaxNode?)method.Body ?? method.ExpressionBody?.Expression : ((LocalFunctionStatementSyntax)node).Body ?? (SyntaxNode?)((LocalFunctionStatementSyntax)node).ExpressionBody?.Expression;
        if (body is null || HasReferences(symbol) || symbol.PartialDefinitionPart is not null || Inner(body).OfType<YieldStatementSyntax>().Any())
            return null;
        var function = new AsyncFunction(node);
        var tasks = new TaskTypes(model.Compilation);
        if (tasks.IsTask(symbol.ReturnType))
            return function.TryUnwrapReturns(body, symbol.ReturnType, tasks, model, cancellationToken) ? function : null;
        return symbol.ReturnsVoid && !IsContract(symbol) ? function : null;
    }

    // What a function that is not asynchronous returns is a task; what an asynchronous one returns is its value.
    private bool TryUnwrapReturns(SyntaxNode body, ITypeSymbol type, TaskTypes tasks, SemanticModel model, CancellationToken cancellationToken)
    {
        var hasValue = !SymbolEqualityComparer.Default.Equals(tasks.ResultOf(type), type);
        if (body is ExpressionSyntax expression)
        {
            _returns.Add((expression, IsWrapped(expression, hasValue, tasks, model, cancellationToken) ? Unwrap : Await));
            return true;
        }

        foreach (var statement in Inner(body).OfType<ReturnStatementSyntax>())
        {
            if (statement.Expression is not { } value)
                return false;
            if (hasValue)
                _returns.Add((value, value.IsKind(SyntaxKind.DefaultLiteralExpression) ? one => one : IsWrapped(value, true, tasks, model, cancellationToken) ? Unwrap : Await));
            else if (IsCompleted(value))
                _returns.Add((statement, one => ((ReturnStatementSyntax)one).WithExpression(null).WithReturnKeyword(((ReturnStatementSyntax)one).ReturnKeyword.WithTrailingTrivia())));
            else if (statement.Parent == body && ((BlockSyntax)body).Statements.Last() == statement)
                _returns.Add((statement, one => SyntaxFactory.ExpressionStatement(Await(((ReturnStatementSyntax)one).Expression!)).WithTriviaFrom(one)));
            else
                return false;
        }

        return true;
    }

    // Task.FromResult(value), ValueTask.FromResult(value) and new ValueTask<T>(value).
    private static bool IsWrapped(ExpressionSyntax expression, bool hasValue, TaskTypes tasks, SemanticModel model, CancellationToken cancellationToken)
    {
        if (!hasValue || ArgumentOf(expression) is not { } argument || model.GetSymbolInfo(expression, cancellationToken).Symbol is not IMethodSymbol method)
            return false;
        return method.Name == "FromResult" && tasks.IsTask(method.ContainingType)
            || method.MethodKind == MethodKind.Constructor && tasks.IsTask(method.ContainingType) && !tasks.IsTask(model.GetTypeInfo(argument, cancellationToken).Type);
    }

    private static bool IsCompleted(ExpressionSyntax value) => value is DefaultExpressionSyntax
        || value.IsKind(SyntaxKind.DefaultLiteralExpression)
        || value is MemberAccessExpressionSyntax { Name.Identifier.Text: "CompletedTask" }
        || value is BaseObjectCreationExpressionSyntax { ArgumentList: null or { Arguments.Count: 0 } };

    private static ExpressionSyntax? ArgumentOf(SyntaxNode expression) => expression switch
    {
        InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments } => arguments[0].Expression,
        BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments } => arguments[0].Expression,
        _ => null,
    };

    private static ExpressionSyntax Unwrap(SyntaxNode expression) => ArgumentOf(expression)!.WithTriviaFrom(expression);

    private static AwaitExpressionSyntax Await(SyntaxNode expression) =>
        SyntaxFactory.AwaitExpression(((ExpressionSyntax)expression).WithoutTrivia()).WithTriviaFrom(expression);

    // "return Task.CompletedTask;" at the end has become "return;", which says nothing.
    private SyntaxNode WithoutLastReturn(SyntaxNode function)
    {
        var block = function switch
        {
            AnonymousFunctionExpressionSyntax lambda => lambda.Block,
            MethodDeclarationSyntax method => method.Body,
            LocalFunctionStatementSyntax local => local.Body,
            _ => null,
        };
        if (_returns.Count == 0 || block?.Statements is not { Count: > 1 } statements || statements.Last() is not ReturnStatementSyntax { Expression: null } last
            || last.GetLeadingTrivia().Any(trivia => !trivia.IsKind(SyntaxKind.WhitespaceTrivia) && !trivia.IsKind(SyntaxKind.EndOfLineTrivia)))
            return function;
        return function.ReplaceNode(block, block.WithStatements(statements.RemoveAt(statements.Count - 1)));
    }

    private static SyntaxNode MakeAsync(SyntaxNode function)
    {
        var leading = function.GetLeadingTrivia();
        return (function.WithoutLeadingTrivia() switch
        {
            MethodDeclarationSyntax method => IsVoid(method.ReturnType)
                ? WithAsync(WithTask(method))
                : WithAsync(method),
            LocalFunctionStatementSyntax local => IsVoid(local.ReturnType)
                ? WithAsync(WithTask(local))
                : WithAsync(local),
            AnonymousFunctionExpressionSyntax lambda => lambda.WithModifiers(lambda.Modifiers.Add(Async)),
            var other => other,
        }).WithLeadingTrivia(leading);
    }

    private static SyntaxNode WithAsync(SyntaxNode function) => function switch
    {
        MethodDeclarationSyntax { Modifiers.Count: 0 } method =>
            method.WithModifiers(SyntaxFactory.TokenList(Async.WithLeadingTrivia(method.ReturnType.GetLeadingTrivia()))).WithReturnType(method.ReturnType.WithoutLeadingTrivia()),
        LocalFunctionStatementSyntax { Modifiers.Count: 0 } local =>
            local.WithModifiers(SyntaxFactory.TokenList(Async.WithLeadingTrivia(local.ReturnType.GetLeadingTrivia()))).WithReturnType(local.ReturnType.WithoutLeadingTrivia()),
        MethodDeclarationSyntax method => method.AddModifiers(Async),
        LocalFunctionStatementSyntax local => local.AddModifiers(Async),
        _ => function,
    };

    private static SyntaxToken Async => SyntaxFactory.Token(SyntaxKind.AsyncKeyword).WithTrailingTrivia(SyntaxFactory.Space);

    private static TypeSyntax Task(TypeSyntax old) =>
        SyntaxFactory.ParseTypeName("global::System.Threading.Tasks.Task").WithTriviaFrom(old).WithAdditionalAnnotations(Simplifier.Annotation, Simplifier.AddImportsAnnotation);

    private static bool IsVoid(TypeSyntax type) => type is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };

    private static bool HasReferences(IMethodSymbol symbol) => symbol.Parameters.Any(parameter => parameter.RefKind != RefKind.None || parameter.Type.IsRefLikeType);

    // Others rely on what such a method returns.
    private static bool IsContract(IMethodSymbol method) =>
        method.IsOverride || method.IsVirtual || method.IsAbstract || !method.ExplicitInterfaceImplementations.IsEmpty
        || method.MethodKind == MethodKind.Ordinary && method.ContainingType.AllInterfaces.SelectMany(one => one.GetMembers())
            .Any(member => SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(member), method));

    private static IEnumerable<SyntaxNode> Inner(SyntaxNode body) =>
        body.DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax));
}
