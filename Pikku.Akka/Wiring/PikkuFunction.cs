namespace Pikku.Akka;

/// <summary>
/// A function and what is said of it: declared once, wired to as many actions and channels as wanted. Made from a class
/// (<see cref="Of{TFunction}"/>) or a delegate (<see cref="Create"/>, <see cref="Sessionless"/>); details are added with <c>with</c>.
/// </summary>
/// <remarks>
/// The parameters of a delegate are bound as in minimal APIs: <see cref="Wire"/>, <see cref="IPikkuChannel"/>,
/// <see cref="CancellationToken"/>, the session, registered services, and one that is left, which is the input.
/// </remarks>
public sealed record PikkuFunction
{
    private PikkuFunction(string name, bool needsSession, Type? type, Delegate? handler)
    {
        Name = name;
        NeedsSession = needsSession;
        Class = type;
        Handler = handler;
    }

    /// <summary>The name, unique in the application.</summary>
    public string Name { get; init; }

    /// <summary>True when it can't run without a session, whatever its wiring says.</summary>
    public bool NeedsSession { get; }

    /// <summary>A title for people.</summary>
    public string? Title { get; init; }

    /// <summary>What it does.</summary>
    public string? Description { get; init; }

    /// <summary>Tags; middleware may be added by them.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The version of its contract.</summary>
    public int Version { get; init; } = 1;

    /// <summary>True when it changes nothing, so that a read-only session may call it.</summary>
    public bool Readonly { get; init; }

    /// <summary>The scopes that the session must hold, all of them.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The permissions that a call needs.</summary>
    public PikkuPermissions Permissions { get; init; } = PikkuPermissions.None;

    /// <summary>Middleware that runs around it, wherever it is wired.</summary>
    public IReadOnlyList<PikkuMiddleware> Middleware { get; init; } = [];

    /// <summary>The errors that it may answer with, for documentation.</summary>
    public IReadOnlyList<Type> Errors { get; init; } = [];

    internal Type? Class { get; }

    internal Delegate? Handler { get; }

    /// <summary>A function from a class, with what its attributes say.</summary>
    /// <typeparam name="TFunction">Derives from <see cref="PikkuFunc{TIn, TOut}"/>, <see cref="PikkuSessionlessFunc{TIn, TOut}"/> or their forms without a result.</typeparam>
    public static PikkuFunction Of<TFunction>() where TFunction : class
    {
        var type = typeof(TFunction);
        var about = Attribute<FunctionAttribute>(type).SingleOrDefault() ?? new FunctionAttribute();
        var groups = Attribute<RequirePermissionAttribute>(type).GroupBy(p => p.Group, p => p.Create());
        return new PikkuFunction(about.Name ?? CamelCase(type.Name), !typeof(ISessionless).IsAssignableFrom(type), type, null)
        {
            Title = about.Title,
            Description = about.Description,
            Tags = about.Tags,
            Version = about.Version,
            Readonly = about.Readonly,
            Errors = about.Errors,
            Scopes = [.. Attribute<RequireScopeAttribute>(type).Select(s => s.Scope)],
            Permissions = PikkuPermissions.AnyOf([.. groups.Select(g => (g.Key, g.ToArray()))]),
            Middleware = [.. Attribute<UseMiddlewareAttribute>(type).Select(m => m.Create())],
        };
    }

    /// <summary>A function that needs a session, from a delegate.</summary>
    /// <param name="name">The name, unique in the application.</param>
    /// <param name="handler">What it does; may be asynchronous.</param>
    public static PikkuFunction Create(string name, Delegate handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new PikkuFunction(name, needsSession: true, null, handler);
    }

    /// <summary>A function that anybody may call where its wiring lets them, from a delegate.</summary>
    /// <param name="name">The name, unique in the application.</param>
    /// <param name="handler">What it does; may be asynchronous.</param>
    public static PikkuFunction Sessionless(string name, Delegate handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new PikkuFunction(name, needsSession: false, null, handler);
    }

    private static IEnumerable<T> Attribute<T>(Type type) => type.GetCustomAttributes(inherit: false).OfType<T>();

    private static string CamelCase(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);
}
