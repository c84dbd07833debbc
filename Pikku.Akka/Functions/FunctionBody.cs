namespace Pikku.Akka.Functions;

/// <summary>A user's function made callable: services, input and wire in, the result out.</summary>
internal abstract record FunctionBody(Type Input, Type Output)
{
    /// <summary>Hands the body over with its types.</summary>
    public abstract TResult Accept<TResult>(IFunctionBodyVisitor<TResult> visitor);
}

/// <inheritdoc cref="FunctionBody"/>
internal sealed record FunctionBody<TIn, TOut>(Func<IServiceProvider, TIn, PikkuContext, ValueTask<TOut>> Run)
    : FunctionBody(typeof(TIn), typeof(TOut))
{
    public override TResult Accept<TResult>(IFunctionBodyVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Learns the types of a <see cref="FunctionBody"/>.</summary>
internal interface IFunctionBodyVisitor<out TResult>
{
    TResult Visit<TIn, TOut>(FunctionBody<TIn, TOut> body);
}
