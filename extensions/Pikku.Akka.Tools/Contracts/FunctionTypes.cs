using System.Reflection;
using Namotion.Reflection;
using Pikku.Akka.Functions;

namespace Pikku.Akka.Contracts;

/// <summary>Finds the nullability of a function's input and result, which is annotated in the function's declaration and not in the
/// types.</summary>
internal static class FunctionTypes
{
    private static readonly Type[] Bases =
    [
        typeof(PikkuFunc<>), typeof(PikkuFunc<,>), typeof(PikkuSessionlessFunc<>), typeof(PikkuSessionlessFunc<,>),
        typeof(PikkuStream<,>), typeof(PikkuSessionlessStream<,>),
    ];

    public static ContextualType InputOf(FunctionDescriptor function, Type input) =>
        (function.Method is { } method ? ParameterOf(method, input) : BaseOf(function.Class!)?.GenericArguments[0]) is { } found && found.OriginalType == input
            ? found
            : input.ToContextualType();

    /// <param name="function">The function.</param>
    /// <param name="output">The type of its result; for a stream the type of the items.</param>
    public static ContextualType OutputOf(FunctionDescriptor function, Type output)
    {
        var found = function.Method is { } method ? ResultOf(method) : BaseOf(function.Class!)?.GenericArguments[^1];
        if (found is { OriginalType: var result } && result != output && StreamBody.ItemOf(result) is not null)
            found = found.GenericArguments[0];
        return found?.OriginalType == output ? found : output.ToContextualType();
    }

    /// <summary>Returns the result of a function that is not part of the compiled wiring; a task is replaced by its result.</summary>
    /// <exception cref="InvalidOperationException">The function is a class without a result.</exception>
    public static ContextualType ResultOf(FunctionDescriptor function) =>
        function.Method is { } method ? ResultOf(method)
        : BaseOf(function.Class!)?.GenericArguments[^1] ?? throw new InvalidOperationException($"The function '{function.Name}' has no result.");

    /// <summary>Like <see cref="ResultOf(FunctionDescriptor)"/>, without nullability.</summary>
    public static Type ResultTypeOf(FunctionDescriptor function) => ResultOf(function).OriginalType;

    private static ContextualType? BaseOf(Type type)
    {
        ContextualType? next = type.ToContextualType();
        while (next is not null && !(next.Type.IsGenericType && Bases.Contains(next.Type.GetGenericTypeDefinition())))
            next = next.BaseType;
        return next;
    }

    private static ContextualType? ParameterOf(MethodInfo method, Type input) =>
        method.GetParameters().FirstOrDefault(parameter => parameter.ParameterType == input)?.ToContextualParameter().ParameterType;

    private static ContextualType ResultOf(MethodInfo method)
    {
        var result = method.ReturnParameter.ToContextualParameter().ParameterType;
        return result.Type.IsGenericType && result.Type.GetGenericTypeDefinition() is var task && (task == typeof(Task<>) || task == typeof(ValueTask<>))
            ? result.GenericArguments[0]
            : result;
    }
}
