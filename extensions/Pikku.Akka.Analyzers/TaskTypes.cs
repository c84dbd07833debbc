using Microsoft.CodeAnalysis;

namespace Pikku.Akka.Analyzers;

/// <summary>The types of tasks in one compilation.</summary>
internal sealed class TaskTypes
{
    private readonly INamedTypeSymbol[] _tasks;
    private readonly INamedTypeSymbol[] _awaiters;

    public TaskTypes(Compilation compilation)
    {
        Task = compilation.GetTypeByMetadataName("System.Threading.Tasks.Task");
        TaskOf = compilation.GetTypeByMetadataName("System.Threading.Tasks.Task`1");
        ValueTaskOf = compilation.GetTypeByMetadataName("System.Threading.Tasks.ValueTask`1");
        Thread = compilation.GetTypeByMetadataName("System.Threading.Thread");
        ValueTask = compilation.GetTypeByMetadataName("System.Threading.Tasks.ValueTask");
        _tasks = [.. new[] { Task, ValueTask, TaskOf, ValueTaskOf }.OfType<INamedTypeSymbol>()];
        string[] awaiters =
        [
            "TaskAwaiter", "TaskAwaiter`1", "ValueTaskAwaiter", "ValueTaskAwaiter`1",
            "ConfiguredTaskAwaitable+ConfiguredTaskAwaiter", "ConfiguredTaskAwaitable`1+ConfiguredTaskAwaiter",
            "ConfiguredValueTaskAwaitable+ConfiguredValueTaskAwaiter", "ConfiguredValueTaskAwaitable`1+ConfiguredValueTaskAwaiter",
        ];
        _awaiters = [.. awaiters.Select(name => compilation.GetTypeByMetadataName($"System.Runtime.CompilerServices.{name}")).OfType<INamedTypeSymbol>()];
    }

    public INamedTypeSymbol? Task { get; }

    public INamedTypeSymbol? TaskOf { get; }

    public INamedTypeSymbol? ValueTask { get; }

    public INamedTypeSymbol? ValueTaskOf { get; }

    public INamedTypeSymbol? Thread { get; }

    /// <summary>True for Task, Task&lt;T&gt;, ValueTask and ValueTask&lt;T&gt;.</summary>
    public bool IsTask(ITypeSymbol? type) => Library.Contains(_tasks, type);

    /// <summary>True for a type that waits for a task.</summary>
    public bool IsAwaiter(ITypeSymbol? type) => Library.Contains(_awaiters, type);

    /// <summary>The type of the value of a task with a value; the type itself when it is no such task.</summary>
    public ITypeSymbol ResultOf(ITypeSymbol type) =>
        type is INamedTypeSymbol { IsGenericType: true } named && IsTask(named) ? named.TypeArguments[0] : type;
}
