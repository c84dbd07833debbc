namespace Pikku.Akka;

/// <summary>Describes a function: a class, a method or a lambda expression.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, Inherited = false)]
public sealed class PikkuFunctionAttribute : Attribute
{
    /// <summary>The name, unique in the application; by default the name of the class in camel case, or channel, routing key and value of a delegate.</summary>
    public string? Name { get; set; }

    /// <summary>A human-readable title.</summary>
    public string? Title { get; set; }

    /// <summary>A description of the function.</summary>
    public string? Description { get; set; }

    /// <summary>Tags. Middleware can be added by tag.</summary>
    public string[] Tags { get; set; } = [];

    /// <summary>The version of the function's contract; 1 by default.</summary>
    public int Version { get; set; } = 1;

    /// <summary>True when the function changes nothing, so that a read-only session may call it.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>The errors that the function may return, for documentation.</summary>
    public Type[] Errors { get; set; } = [];
}

/// <summary>Requires a scope of the session. With several attributes, all scopes are required.</summary>
/// <param name="scope">A scope that was declared with <see cref="PikkuBuilder.AddScopes"/>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true, Inherited = false)]
public sealed class RequireScopeAttribute(string scope) : Attribute
{
    /// <summary>The scope.</summary>
    public string Scope { get; } = scope;
}

/// <summary>Adds a permission class that is evaluated before the function runs.</summary>
/// <typeparam name="TPermission">Implements <see cref="IPikkuPermission"/> or one <see cref="IPikkuPermission{TInput}"/>; services are injected through its constructor.</typeparam>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true, Inherited = false)]
public sealed class RequirePermissionAttribute<TPermission> : RequirePermissionAttribute where TPermission : class
{
    internal override PikkuPermission Create() => PikkuPermission.Of<TPermission>();
}

/// <summary>The untyped base of <see cref="RequirePermissionAttribute{TPermission}"/>.</summary>
public abstract class RequirePermissionAttribute : Attribute
{
    /// <summary>The group. A call is allowed when all permissions of at least one group allow it.</summary>
    public string Group { get; set; } = "";

    internal abstract PikkuPermission Create();
}

/// <summary>Adds a middleware class that runs around the function.</summary>
/// <typeparam name="TMiddleware">The class; services are injected through its constructor.</typeparam>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true, Inherited = false)]
public sealed class UseMiddlewareAttribute<TMiddleware> : UseMiddlewareAttribute where TMiddleware : class, IPikkuMiddleware
{
    internal override PikkuMiddleware Create() => PikkuMiddleware.Of<TMiddleware>(Priority);
}

/// <summary>The untyped base of <see cref="UseMiddlewareAttribute{TMiddleware}"/>.</summary>
public abstract class UseMiddlewareAttribute : Attribute
{
    /// <summary>The position in the middleware chain.</summary>
    public MiddlewarePriority Priority { get; set; } = MiddlewarePriority.Medium;

    internal abstract PikkuMiddleware Create();
}

/// <summary>
/// Maps a method of a class that is given to <see cref="ChannelBuilder.MapActions{TActions}"/> to an action.
/// </summary>
/// <param name="name">The value of the routing key <c>action</c>; by default the name of the method in camel case, without <c>Async</c>.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = true)]
public sealed class PikkuActionAttribute(string? name = null) : Attribute
{
    /// <summary>The value of the routing key; null for the name of the method.</summary>
    public string? Name { get; } = name;
}

/// <summary>Makes a parameter of a simple type the whole data of a message. Without it, simple parameters are properties of the data by name.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FromDataAttribute : Attribute;
