namespace Pikku.Akka;

/// <summary>
/// A function and its options: declared once, and wired to any number of actions and channels. Create it from a class
/// (<see cref="FromClass{TFunction}"/>) or a delegate (<see cref="FromDelegate"/>, <see cref="FromSessionlessDelegate"/>), and set options with <c>with</c>.
/// </summary>
/// <remarks>
/// The parameters of a delegate are bound as in minimal APIs: <see cref="PikkuContext"/>, <see cref="IPikkuChannel"/>, <see cref="CancellationToken"/>,
/// the session, and registered services. One remaining parameter is the input.
/// </remarks>
public sealed record FunctionDescriptor
{
    private FunctionDescriptor(string name, bool needsSession, Type? type, Delegate? handler)
    {
        Name = name;
        RequiresSession = needsSession;
        Class = type;
        Handler = handler;
    }

    /// <summary>The name, unique in the application.</summary>
    public string Name { get; init; }

    /// <summary>True when the function needs a session, regardless of its wiring.</summary>
    public bool RequiresSession { get; }

    /// <summary>A human-readable title.</summary>
    public string? Title { get; init; }

    /// <summary>A description of the function.</summary>
    public string? Description { get; init; }

    /// <summary>Tags. Middleware can be added by tag.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The version of the function's contract.</summary>
    public int Version { get; init; } = 1;

    /// <summary>True when the function changes nothing, so that a read-only session may call it.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>The scopes that the session must have; all are required.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The permissions that a call needs.</summary>
    public PikkuPermissions Permissions { get; init; } = PikkuPermissions.None;

    /// <summary>Middleware around the function in every wiring.</summary>
    public IReadOnlyList<PikkuMiddleware> Middleware { get; init; } = [];

    /// <summary>The errors that the function may return, for documentation.</summary>
    public IReadOnlyList<Type> Errors { get; init; } = [];

    internal Type? Class { get; }

    internal Delegate? Handler { get; }

    /// <summary>Creates a function from a class and its attributes.</summary>
    /// <typeparam name="TFunction">Derives from <see cref="PikkuFunc{TIn, TOut}"/>, <see cref="PikkuSessionlessFunc{TIn, TOut}"/> or their forms without a result.</typeparam>
    public static FunctionDescriptor FromClass<TFunction>() where TFunction : class
    {
        var type = typeof(TFunction);
        var about = Attribute<PikkuFunctionAttribute>(type).SingleOrDefault() ?? new PikkuFunctionAttribute();
        var groups = Attribute<RequirePermissionAttribute>(type).GroupBy(p => p.Group, p => p.Create());
        return new FunctionDescriptor(about.Name ?? CamelCase(type.Name), !typeof(ISessionless).IsAssignableFrom(type), type, null)
        {
            Title = about.Title,
            Description = about.Description,
            Tags = about.Tags,
            Version = about.Version,
            ReadOnly = about.ReadOnly,
            Errors = about.Errors,
            Scopes = [.. Attribute<RequireScopeAttribute>(type).Select(s => s.Scope)],
            Permissions = PikkuPermissions.AnyOf([.. groups.Select(g => (g.Key, g.ToArray()))]),
            Middleware = [.. Attribute<UseMiddlewareAttribute>(type).Select(m => m.Create())],
        };
    }

    /// <summary>Creates a function that needs a session from a delegate.</summary>
    /// <param name="name">The name, unique in the application.</param>
    /// <param name="handler">The code of the function; may be asynchronous.</param>
    public static FunctionDescriptor FromDelegate(string name, Delegate handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new FunctionDescriptor(name, needsSession: true, null, handler);
    }

    /// <summary>Creates a function from a delegate that clients may call without a session, if the wiring allows it.</summary>
    /// <param name="name">The name, unique in the application.</param>
    /// <param name="handler">The code of the function; may be asynchronous.</param>
    public static FunctionDescriptor FromSessionlessDelegate(string name, Delegate handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new FunctionDescriptor(name, needsSession: false, null, handler);
    }

    // An action of the protocol. Its runner has the code.
    internal static FunctionDescriptor Reserved(string name) => new(name, needsSession: false, null, null) { ReadOnly = true };

    private static IEnumerable<T> Attribute<T>(Type type) => type.GetCustomAttributes(inherit: false).OfType<T>();

    private static string CamelCase(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);
}
