namespace Pikku.Akka.Functions;

/// <summary>The compiled form of a user's function: takes services, input and context, and returns the result.</summary>
internal abstract record FunctionBody(Type Input, Type Output)
{
    /// <summary>True when the function uses neither services nor the context, so that a call need not create them.</summary>
    public bool TakesOnlyData { get; init; }

    /// <summary>Calls the visitor with the types of the body.</summary>
    public abstract TResult Accept<TResult>(IFunctionBodyVisitor<TResult> visitor);
}

/// <inheritdoc cref="FunctionBody"/>
/// <param name="Run">The compiled function. Its services and its context are null when it <see cref="FunctionBody.TakesOnlyData"/>.</param>
internal sealed record FunctionBody<TIn, TOut>(Func<IServiceProvider, TIn, PikkuContext, ValueTask<TOut>> Run)
    : FunctionBody(typeof(TIn), typeof(TOut))
{
    public override TResult Accept<TResult>(IFunctionBodyVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Receives a <see cref="FunctionBody"/> with its static types.</summary>
internal interface IFunctionBodyVisitor<out TResult>
{
    TResult Visit<TIn, TOut>(FunctionBody<TIn, TOut> body);
}
