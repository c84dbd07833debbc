using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka;

/// <summary>A permission that uses the data of the call. Services are injected through the constructor.</summary>
/// <typeparam name="TIn">The type of the input or a base type of it; <see cref="System.Text.Json.JsonElement"/> for any input.</typeparam>
public interface IPikkuPermission<in TIn>
{
    /// <summary>Returns true to allow the call. An exception becomes the reply.</summary>
    /// <param name="data">The input, complete and valid.</param>
    /// <param name="context">The connection and the session.</param>
    ValueTask<bool> AllowsAsync(TIn data, PikkuContext context);
}

/// <summary>A permission that uses only the session. Services are injected through the constructor.</summary>
public interface IPikkuAuth
{
    /// <summary>Returns true to allow the call. An exception becomes the reply.</summary>
    /// <param name="session">The session; null for a client without a session.</param>
    ValueTask<bool> AllowsAsync(IPikkuSession? session);
}

/// <summary>One permission, from a delegate or a class.</summary>
public sealed class PikkuPermission
{
    private PikkuPermission(string name, Type? dataType, Func<IServiceProvider, object?, PikkuContext, ValueTask<bool>> allows)
    {
        Name = name;
        DataType = dataType;
        Allows = allows;
    }

    /// <summary>The name in lists and logs.</summary>
    public string Name { get; }

    /// <summary>The type of the input that the permission uses; null when it uses none.</summary>
    internal Type? DataType { get; }

    internal Func<IServiceProvider, object?, PikkuContext, ValueTask<bool>> Allows { get; }

    /// <summary>Creates a permission that uses the data of the call.</summary>
    /// <typeparam name="TIn">The type of the input or a base type of it; <see cref="System.Text.Json.JsonElement"/> for any input.</typeparam>
    /// <param name="allows">Returns true to allow the call.</param>
    /// <param name="name">The name in lists and logs; by default the name of the method.</param>
    public static PikkuPermission For<TIn>(Func<TIn, PikkuContext, ValueTask<bool>> allows, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(allows);
        return new PikkuPermission(name ?? allows.Method.Name, typeof(TIn), (_, data, context) => allows((TIn)data!, context));
    }

    /// <inheritdoc cref="For{TIn}(Func{TIn, PikkuContext, ValueTask{bool}}, string)"/>
    public static PikkuPermission For<TIn>(Func<TIn, PikkuContext, bool> allows, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(allows);
        return new PikkuPermission(name ?? allows.Method.Name, typeof(TIn), (_, data, context) => ValueTask.FromResult(allows((TIn)data!, context)));
    }

    /// <summary>Creates a permission that uses only the session.</summary>
    /// <typeparam name="TSession">The application's session type. A call with another session type or without a session is refused.</typeparam>
    /// <param name="allows">Returns true to allow the call.</param>
    /// <param name="name">The name in lists and logs; by default the name of the method.</param>
    public static PikkuPermission Auth<TSession>(Func<TSession, bool> allows, string? name = null) where TSession : class, IPikkuSession
    {
        ArgumentNullException.ThrowIfNull(allows);
        return new PikkuPermission(name ?? allows.Method.Name, null,
            (_, _, context) => ValueTask.FromResult(context.Session is TSession session && allows(session)));
    }

    /// <summary>Creates a permission from a class.</summary>
    /// <typeparam name="TPermission">Implements <see cref="IPikkuAuth"/> or one <see cref="IPikkuPermission{TIn}"/>.</typeparam>
    /// <exception cref="ArgumentException">The class implements neither interface, or several permissions.</exception>
    public static PikkuPermission Of<TPermission>() where TPermission : class
    {
        var create = ActivatorUtilities.CreateFactory<TPermission>([]);
        if (typeof(IPikkuAuth).IsAssignableFrom(typeof(TPermission)))
            return new PikkuPermission(typeof(TPermission).Name, null,
                (services, _, context) => ((IPikkuAuth)create(services, [])).AllowsAsync(context.Session));

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
        new(name, typeof(TIn), (services, data, context) => ((IPikkuPermission<TIn>)create(services)).AllowsAsync((TIn)data!, context));
}
