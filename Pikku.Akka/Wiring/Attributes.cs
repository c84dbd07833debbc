namespace Pikku.Akka;

/// <summary>What a function class says of itself.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class FunctionAttribute : Attribute
{
    /// <summary>The name, unique in the application; by default that of the class, in camel case.</summary>
    public string? Name { get; set; }

    /// <summary>A title for people.</summary>
    public string? Title { get; set; }

    /// <summary>What it does.</summary>
    public string? Description { get; set; }

    /// <summary>Tags; middleware may be added by them.</summary>
    public string[] Tags { get; set; } = [];

    /// <summary>The version of its contract; 1 by default.</summary>
    public int Version { get; set; } = 1;

    /// <summary>True when it changes nothing, so that a read-only session may call it.</summary>
    public bool Readonly { get; set; }

    /// <summary>The errors that it may answer with, for documentation.</summary>
    public Type[] Errors { get; set; } = [];
}

/// <summary>A scope that the session must hold; all of several are needed.</summary>
/// <param name="scope">A scope that was declared with <see cref="PikkuBuilder.AddScopes"/>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class RequireScopeAttribute(string scope) : Attribute
{
    /// <summary>The scope.</summary>
    public string Scope { get; } = scope;
}

/// <summary>A permission class that is asked before the function runs.</summary>
/// <typeparam name="TPermission">Implements <see cref="IPikkuPermission{TIn}"/> or <see cref="IPikkuAuth"/>; services come through its constructor.</typeparam>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class RequirePermissionAttribute<TPermission> : RequirePermissionAttribute where TPermission : class
{
    internal override PikkuPermission Create() => PikkuPermission.Of<TPermission>();
}

/// <summary>The untyped base of <see cref="RequirePermissionAttribute{TPermission}"/>.</summary>
public abstract class RequirePermissionAttribute : Attribute
{
    /// <summary>The group: all of one group must allow, one group is enough.</summary>
    public string Group { get; set; } = "";

    internal abstract PikkuPermission Create();
}

/// <summary>A middleware class that runs around the function.</summary>
/// <typeparam name="TMiddleware">The class; services come through its constructor.</typeparam>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class UseMiddlewareAttribute<TMiddleware> : UseMiddlewareAttribute where TMiddleware : class, IPikkuMiddleware
{
    internal override PikkuMiddleware Create() => PikkuMiddleware.Of<TMiddleware>(Priority);
}

/// <summary>The untyped base of <see cref="UseMiddlewareAttribute{TMiddleware}"/>.</summary>
public abstract class UseMiddlewareAttribute : Attribute
{
    /// <summary>Where it stands in the chain.</summary>
    public MiddlewarePriority Priority { get; set; } = MiddlewarePriority.Medium;

    internal abstract PikkuMiddleware Create();
}
