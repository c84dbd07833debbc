using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace Pikku.Akka.Analyzers;

/// <summary>Where to report code that may be long: at its head.</summary>
internal static class Heads
{
    /// <summary>The text of a lambda up to its arrow, or of an anonymous method up to its body.</summary>
    public static Location Of(IAnonymousFunctionOperation lambda) => lambda.Syntax switch
    {
        LambdaExpressionSyntax syntax => Location.Create(syntax.SyntaxTree, TextSpan.FromBounds(syntax.SpanStart, syntax.ArrowToken.Span.End)),
        AnonymousMethodExpressionSyntax syntax => Location.Create(syntax.SyntaxTree, TextSpan.FromBounds(syntax.SpanStart, (syntax.ParameterList?.Span ?? syntax.DelegateKeyword.Span).End)),
        var other => other.GetLocation(),
    };

    /// <summary>The type argument of a call of a generic method.</summary>
    public static Location OfTypeArgument(SyntaxNode call) => (call as InvocationExpressionSyntax)?.Expression switch
    {
        MemberAccessExpressionSyntax { Name: GenericNameSyntax name } => name.TypeArgumentList.Arguments[0].GetLocation(),
        MemberBindingExpressionSyntax { Name: GenericNameSyntax name } => name.TypeArgumentList.Arguments[0].GetLocation(),
        GenericNameSyntax name => name.TypeArgumentList.Arguments[0].GetLocation(),
        _ => call.GetLocation(),
    };
}
