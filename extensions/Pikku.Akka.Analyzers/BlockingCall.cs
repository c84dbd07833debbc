using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Pikku.Akka.Analyzers;

/// <summary>A call that blocks its thread.</summary>
internal sealed class BlockingCall
{
    private const string AwaitTask = "await the task";

    private readonly IOperation _operation;
    private readonly IOperation? _task; // null for a call that is not about one task

    private BlockingCall(IOperation operation, IOperation? task, string name, string fix) => (_operation, _task, Name, Fix) = (operation, task, name, fix);

    /// <summary>The name of the member.</summary>
    public string Name { get; }

    /// <summary>What to do instead.</summary>
    public string Fix { get; }

    /// <summary>The blocking call that an operation is; null for any other operation.</summary>
    public static BlockingCall? Of(IOperation operation, TaskTypes tasks) => operation switch
    {
        IPropertyReferenceOperation { Property: { Name: "Result" } property, Instance: { } task } when tasks.IsTask(property.ContainingType) =>
            new BlockingCall(operation, task, $"{property.ContainingType.Name}.Result", AwaitTask),
        IInvocationOperation call => Of(call, tasks),
        _ => null,
    };

    /// <summary>
    /// True when the function has made sure before that the task is complete: it has awaited it or several tasks, or it has asked whether it is complete. This
    /// doesn't follow the paths through the function, because a missed mistake is better than a wrong report.
    /// </summary>
    /// <param name="function">The function that contains the call.</param>
    public bool IsOfCompletedTask(IOperation function)
    {
        // The task that a call has just returned has not been awaited before.
        if (_task is null or IInvocationOperation or IObjectCreationOperation)
            return false;
        var symbol = SymbolOf(_task);
        foreach (var operation in function.Descendants())
        {
            if (operation.Syntax.SpanStart >= _operation.Syntax.Span.End)
                continue;
            switch (operation)
            {
                case IInvocationOperation { TargetMethod: { Name: "WhenEach", ContainingType.Name: "Task" } }: // of await foreach, which gives complete tasks
                case IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully" or "Status" }:
                case IAwaitOperation awaiting when awaiting.Operation.DescendantsAndSelf().Any(one => IsAbout(one, symbol)):
                    return true;
            }
        }

        return false;
    }

    private static BlockingCall? Of(IInvocationOperation call, TaskTypes tasks)
    {
        var method = call.TargetMethod;
        switch (method.Name)
        {
            case "Wait" when tasks.IsTask(method.ContainingType) && !IsPoll(call):
                return new BlockingCall(call, call.Instance, "Task.Wait", AwaitTask);
            case "WaitAll" or "WaitAny" when SymbolEqualityComparer.Default.Equals(method.ContainingType, tasks.Task) && !IsPoll(call):
                return new BlockingCall(call, null, $"Task.{method.Name}", $"await Task.When{method.Name.Substring("Wait".Length)}");
            case "GetResult" when tasks.IsAwaiter(method.ContainingType):
                return new BlockingCall(call, TaskOf(call.Instance), "GetAwaiter().GetResult()", AwaitTask);
            case "Sleep" when SymbolEqualityComparer.Default.Equals(method.ContainingType, tasks.Thread) && !IsPoll(call):
                return new BlockingCall(call, null, "Thread.Sleep", "await Task.Delay");
            default:
                return null;
        }
    }

    // A timeout of zero asks and does not wait.
    private static bool IsPoll(IInvocationOperation call) => call.Arguments.Any(argument => argument.Value switch
    {
        { ConstantValue: { HasValue: true, Value: 0 } } => true,
        IFieldReferenceOperation { Field: { Name: "Zero", ContainingType.Name: "TimeSpan" } } => true,
        _ => false,
    });

    // The task of task.ConfigureAwait(false).GetAwaiter().
    private static IOperation? TaskOf(IOperation? awaiter)
    {
        while (awaiter is IInvocationOperation { TargetMethod.Name: "GetAwaiter" or "ConfigureAwait", Instance: { } instance })
            awaiter = instance;
        return awaiter;
    }

    private static bool IsAbout(IOperation operation, ISymbol? symbol) =>
        operation is IInvocationOperation { TargetMethod: { Name: "WhenAll" or "WhenAny", ContainingType.Name: "Task" } }
        || symbol is not null && SymbolEqualityComparer.Default.Equals(SymbolOf(operation), symbol);

    private static ISymbol? SymbolOf(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IMemberReferenceOperation member => member.Member,
        _ => null,
    };
}
