namespace Pikku.Akka;

/// <summary>A permission that uses data: the data of a function, the opening data of the connection or the key of a topic, whichever has this type. Services are injected through the constructor.</summary>
/// <typeparam name="TInput">The type of the data or a base type of it; <see cref="System.Text.Json.JsonElement"/> for the data of any function.</typeparam>
public interface IPikkuPermission<in TInput>
{
    /// <summary>Returns true to allow the call. An exception becomes the reply.</summary>
    /// <param name="input">The data, complete and valid.</param>
    /// <param name="context">The connection and the session.</param>
    /// <param name="cancellationToken">Canceled when the connection ends or the deadline of the call passes.</param>
    ValueTask<bool> AllowsAsync(TInput input, PikkuContext context, CancellationToken cancellationToken);
}

/// <summary>A permission that needs no data. Services are injected through the constructor.</summary>
public interface IPikkuPermission
{
    /// <summary>Returns true to allow the call. An exception becomes the reply.</summary>
    /// <param name="context">The connection and the session.</param>
    /// <param name="cancellationToken">Canceled when the connection ends or the deadline of the call passes.</param>
    ValueTask<bool> AllowsAsync(PikkuContext context, CancellationToken cancellationToken);
}

/// <summary>A permission: a class, a delegate, or several permissions of which all or one must allow the call.</summary>
public sealed class PikkuPermission
{
    private PikkuPermission(string name) => Name = name;

    /// <summary>The name in lists and logs.</summary>
    public string Name { get; }

    /// <summary>The class; null for other kinds.</summary>
    internal Type? Class { get; private init; }

    /// <summary>The delegate; null for other kinds.</summary>
    internal Delegate? Handler { get; private init; }

    /// <summary>The name of an authorization policy of ASP.NET Core; null for other kinds.</summary>
    internal string? Policy { get; private init; }

    /// <summary>The permissions that this one combines; empty for a class or a delegate.</summary>
    internal IReadOnlyList<PikkuPermission> Parts { get; private init; } = [];

    /// <summary>True when one of <see cref="Parts"/> is enough.</summary>
    internal bool IsAlternative { get; private init; }

    /// <summary>True when the permission combines others.</summary>
    internal bool IsCombined => Class is null && Handler is null && Policy is null;

    /// <summary>The name, with the permissions that this one combines.</summary>
    internal string Description => IsCombined ? $"{Name}({string.Join(", ", Parts.Select(part => part.Description))})" : Name;

    /// <summary>This permission, or the permissions that it combines.</summary>
    internal IEnumerable<PikkuPermission> Leaves => IsCombined ? Parts.SelectMany(part => part.Leaves) : [this];

    /// <summary>Creates a permission from a class.</summary>
    /// <typeparam name="TPermission">Implements <see cref="IPikkuPermission"/> or one <see cref="IPikkuPermission{TInput}"/>.</typeparam>
    /// <exception cref="ArgumentException">The class implements neither interface, or several of them.</exception>
    public static PikkuPermission Of<TPermission>() where TPermission : class
    {
        var type = typeof(TPermission);
        var contracts = type.GetInterfaces().Where(IsContract).ToArray();
        if (contracts.Length != 1)
            throw new ArgumentException(
                $"{type} must implement IPikkuPermission or one IPikkuPermission<TInput>; it implements {contracts.Length} of them.");
        return new PikkuPermission(type.Name) { Class = type };
    }

    /// <summary>Creates a permission from a delegate and names it after its method.</summary>
    /// <param name="allows">
    /// Returns a <see cref="bool"/>, also as a task: true to allow the call. Its parameters are bound like those of a function: <see cref="PikkuContext"/>,
    /// <see cref="IPikkuChannel"/>, <see cref="CancellationToken"/>, services, and the session, without which the call is refused unless the parameter is
    /// nullable. Any other parameter is the data of the function, the opening data or the key of the topic, whichever has its type.
    /// </param>
    public static PikkuPermission Of(Delegate allows)
    {
        ArgumentNullException.ThrowIfNull(allows);
        return new PikkuPermission(allows.Method.Name) { Handler = allows };
    }

    /// <inheritdoc cref="Of(Delegate)"/>
    /// <summary>Creates a permission with a name from a delegate.</summary>
    /// <param name="name">The name in lists and logs.</param>
    /// <param name="allows"><inheritdoc cref="Of(Delegate)"/></param>
    public static PikkuPermission Of(string name, Delegate allows)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(allows);
        return new PikkuPermission(name) { Handler = allows };
    }

    /// <summary>Requires all of the permissions. Without any, every call is allowed.</summary>
    /// <param name="permissions">The permissions, which are asked in this order until one refuses.</param>
    public static PikkuPermission All(params PikkuPermission[] permissions) => Combine("all", permissions, isAlternative: false);

    /// <summary>Requires one of the permissions. Without any, every call is allowed.</summary>
    /// <param name="permissions">The permissions, which are asked in this order until one allows the call.</param>
    public static PikkuPermission Any(params PikkuPermission[] permissions) => Combine("any", permissions, isAlternative: true);

    /// <summary>Creates the permission that asks an authorization policy of ASP.NET Core.</summary>
    internal static PikkuPermission OfPolicy(string policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return new PikkuPermission(policy) { Policy = policy };
    }

    /// <summary>Combines the permissions of a group, which has a name.</summary>
    internal static PikkuPermission Group(string name, PikkuPermission[] permissions) => Combine(name, permissions, isAlternative: false);

    /// <summary>True for the interfaces of permission classes.</summary>
    internal static bool IsContract(Type type) =>
        type == typeof(IPikkuPermission) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IPikkuPermission<>));

    private static PikkuPermission Combine(string name, PikkuPermission[] permissions, bool isAlternative)
    {
        ArgumentNullException.ThrowIfNull(permissions);
        foreach (var permission in permissions)
            ArgumentNullException.ThrowIfNull(permission, nameof(permissions));
        return new PikkuPermission(name) { Parts = permissions, IsAlternative = isAlternative };
    }
}
