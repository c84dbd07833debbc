using System.Reflection;

namespace Pikku.Akka;

/// <summary>A function as it is declared: a class, a delegate, or a method of a class of actions, with the options of its attributes.</summary>
internal sealed record FunctionDescriptor
{
    private const string Async = nameof(Async);

    private FunctionDescriptor(string name) => Name = name;

    /// <summary>The name, unique in the application.</summary>
    public string Name { get; init; }

    /// <summary>True when the function needs a session, regardless of its wiring: a class that derives from <see cref="PikkuFunc{TIn, TOut}"/>.</summary>
    public bool RequiresSession { get; init; }

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

    /// <summary>The permissions. All of them must allow the call.</summary>
    public IReadOnlyList<PikkuPermission> Permissions { get; init; } = [];

    /// <summary>Middleware around the function in every wiring.</summary>
    public IReadOnlyList<PikkuMiddleware> Middleware { get; init; } = [];

    /// <summary>The errors that the function may return, for documentation.</summary>
    public IReadOnlyList<Type> Errors { get; init; } = [];

    /// <summary>The class of a function, or the class of the actions to which <see cref="Method"/> belongs; null for a delegate.</summary>
    public Type? Class { get; private init; }

    /// <summary>The method of a delegate or of a class of actions; null for the class of one function.</summary>
    public MethodInfo? Method { get; private init; }

    /// <summary>The delegate; null for a class.</summary>
    public Delegate? Handler { get; private init; }

    /// <summary>Creates a function from a class and its attributes.</summary>
    /// <typeparam name="TFunction">Derives from <see cref="PikkuFunc{TIn, TOut}"/>, <see cref="PikkuSessionlessFunc{TIn, TOut}"/> or their forms without a result.</typeparam>
    public static FunctionDescriptor FromClass<TFunction>() where TFunction : class
    {
        var type = typeof(TFunction);
        return Describe(
            new FunctionDescriptor(CamelCase(type.Name)) { Class = type, RequiresSession = !typeof(ISessionless).IsAssignableFrom(type) }, type);
    }

    /// <summary>Creates a function from a delegate and the attributes of its method.</summary>
    /// <param name="name">The name, unless an attribute has another one.</param>
    /// <param name="handler">The code of the function; may be asynchronous.</param>
    public static FunctionDescriptor FromDelegate(string name, Delegate handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Describe(new FunctionDescriptor(name) { Handler = handler, Method = handler.Method }, handler.Method);
    }

    /// <summary>Creates a function from a method of a class of actions and the attributes of both.</summary>
    /// <param name="name">The name, unless an attribute of the method has another one.</param>
    /// <param name="type">The class.</param>
    /// <param name="method">The method.</param>
    public static FunctionDescriptor FromMethod(string name, Type type, MethodInfo method) =>
        Describe(new FunctionDescriptor(name) { Class = type, Method = method }, method);

    /// <summary>The action that a method of a class of actions handles; null when the method handles none.</summary>
    public static string? ActionOf(MethodInfo method)
    {
        if (method.GetCustomAttribute<PikkuActionAttribute>(inherit: true) is not { } action)
            return null;
        return action.Name ?? CamelCase(method.Name.EndsWith(Async, StringComparison.Ordinal) && method.Name.Length > Async.Length ? method.Name[..^Async.Length] : method.Name);
    }

    /// <summary>True for two descriptors of the same code.</summary>
    public bool HasCodeOf(FunctionDescriptor other) => Class == other.Class && Method == other.Method && Equals(Handler, other.Handler);

    private static FunctionDescriptor Describe(FunctionDescriptor function, MemberInfo member)
    {
        var about = Attributes<PikkuFunctionAttribute>(member).SingleOrDefault() ?? new PikkuFunctionAttribute();
        return function with
        {
            Name = about.Name ?? function.Name,
            Title = about.Title,
            Description = about.Description,
            Tags = about.Tags,
            Version = about.Version,
            ReadOnly = about.ReadOnly,
            Errors = about.Errors,
            Scopes = [.. Attributes<RequireScopeAttribute>(member).Select(s => s.Scope)],
            Permissions = GroupsOf(Attributes<RequirePermissionAttribute>(member)),
            Middleware = [.. Attributes<UseMiddlewareAttribute>(member).Select(m => m.Create())],
        };
    }

    // The permissions of one group are all needed; one of several groups is enough.
    private static PikkuPermission[] GroupsOf(IEnumerable<RequirePermissionAttribute> attributes)
    {
        var groups = attributes.GroupBy(p => p.Group, p => p.Create()).Select(g => PikkuPermission.Group(g.Key, [.. g])).ToArray();
        return groups switch
        {
            [] => [],
            [var only] => [.. only.Parts],
            _ => [PikkuPermission.Any(groups)],
        };
    }

    private static IEnumerable<T> Attributes<T>(MemberInfo member) => member.GetCustomAttributes(inherit: false).OfType<T>();

    private static string CamelCase(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);
}
