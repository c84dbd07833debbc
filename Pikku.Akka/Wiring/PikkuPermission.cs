using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka;

/// <summary>A permission that looks at the data of the call; services come through its constructor.</summary>
/// <typeparam name="TIn">The input that it looks at, or a base of it; <see cref="System.Text.Json.JsonElement"/> for any.</typeparam>
public interface IPikkuPermission<in TIn>
{
    /// <summary>True when the call may go on. An exception becomes the reply.</summary>
    /// <param name="data">The input, complete and valid.</param>
    /// <param name="wire">The connection and the session.</param>
    ValueTask<bool> AllowsAsync(TIn data, Wire wire);
}

/// <summary>A permission that looks at the session alone; services come through its constructor.</summary>
public interface IPikkuAuth
{
    /// <summary>True when the call may go on. An exception becomes the reply.</summary>
    /// <param name="session">The session; null when nobody has signed in.</param>
    ValueTask<bool> AllowsAsync(IPikkuSession? session);
}

/// <summary>One permission, from a delegate or a class.</summary>
public sealed class PikkuPermission
{
    private PikkuPermission(string name, Type? dataType, Func<IServiceProvider, object?, Wire, ValueTask<bool>> allows)
    {
        Name = name;
        DataType = dataType;
        Allows = allows;
    }

    /// <summary>The name that lists and logs show.</summary>
    public string Name { get; }

    /// <summary>The input that it looks at; null when it looks at none.</summary>
    internal Type? DataType { get; }

    internal Func<IServiceProvider, object?, Wire, ValueTask<bool>> Allows { get; }

    /// <summary>A permission that looks at the data of the call.</summary>
    /// <typeparam name="TIn">The input, or a base of it; <see cref="System.Text.Json.JsonElement"/> for any.</typeparam>
    /// <param name="allows">True when the call may go on.</param>
    /// <param name="name">The name for lists and logs; by default that of the method.</param>
    public static PikkuPermission For<TIn>(Func<TIn, Wire, ValueTask<bool>> allows, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(allows);
        return new PikkuPermission(name ?? allows.Method.Name, typeof(TIn), (_, data, wire) => allows((TIn)data!, wire));
    }

    /// <inheritdoc cref="For{TIn}(Func{TIn, Wire, ValueTask{bool}}, string)"/>
    public static PikkuPermission For<TIn>(Func<TIn, Wire, bool> allows, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(allows);
        return new PikkuPermission(name ?? allows.Method.Name, typeof(TIn), (_, data, wire) => ValueTask.FromResult(allows((TIn)data!, wire)));
    }

    /// <summary>A permission that looks at the session alone.</summary>
    /// <typeparam name="TSession">The application's session; one of another type, or none, is refused.</typeparam>
    /// <param name="allows">True when the call may go on.</param>
    /// <param name="name">The name for lists and logs; by default that of the method.</param>
    public static PikkuPermission Auth<TSession>(Func<TSession, bool> allows, string? name = null) where TSession : class, IPikkuSession
    {
        ArgumentNullException.ThrowIfNull(allows);
        return new PikkuPermission(name ?? allows.Method.Name, null,
            (_, _, wire) => ValueTask.FromResult(wire.Session is TSession session && allows(session)));
    }

    /// <summary>A permission from a class.</summary>
    /// <typeparam name="TPermission">Implements <see cref="IPikkuAuth"/> or one <see cref="IPikkuPermission{TIn}"/>.</typeparam>
    /// <exception cref="ArgumentException">It implements neither, or several.</exception>
    public static PikkuPermission Of<TPermission>() where TPermission : class
    {
        var create = ActivatorUtilities.CreateFactory<TPermission>([]);
        if (typeof(IPikkuAuth).IsAssignableFrom(typeof(TPermission)))
            return new PikkuPermission(typeof(TPermission).Name, null,
                (services, _, wire) => ((IPikkuAuth)create(services, [])).AllowsAsync(wire.Session));

        var contracts = typeof(TPermission).GetInterfaces()
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IPikkuPermission<>)).ToArray();
        if (contracts is not [var contract])
            throw new ArgumentException(
                $"{typeof(TPermission)} must implement IPikkuAuth or one IPikkuPermission<TIn>; it implements {contracts.Length} of the latter.");

        var bind = typeof(PikkuPermission).GetMethod(nameof(OfData), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!;
        return (PikkuPermission)bind.MakeGenericMethod(contract.GenericTypeArguments[0])
            .Invoke(null, [typeof(TPermission).Name, (Func<IServiceProvider, object>)(services => create(services, []))])!;
    }

    private static PikkuPermission OfData<TIn>(string name, Func<IServiceProvider, object> create) =>
        new(name, typeof(TIn), (services, data, wire) => ((IPikkuPermission<TIn>)create(services)).AllowsAsync((TIn)data!, wire));
}
