using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Protocol;

namespace Pikku.Akka;

/// <summary>
/// Wires the application. All modules of an application share one builder. If the wiring is invalid, the application does not start: a
/// <see cref="PikkuWiringException"/> lists every problem with the file and line of the calls.
/// </summary>
public sealed class PikkuBuilder
{
    private readonly List<string> _conflicts = [];
    private readonly List<ChannelDefinition> _additions = [];
    private readonly Dictionary<Type, string> _errorPlaces = [];
    private string? _sessionPlace;
    private int _module;
    private bool _frozen;

    internal PikkuBuilder(IServiceCollection? services = null) => Services = services ?? new ServiceCollection();

    /// <summary>The services of the application, so that a module can register what its functions need.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The conflicts between modules.</summary>
    internal IReadOnlyList<string> Conflicts => _conflicts;

    internal List<ChannelDefinition> Channels { get; } = [];

    internal List<PikkuMiddleware> GlobalMiddleware { get; } = [];

    internal Dictionary<string, List<PikkuMiddleware>> TagMiddleware { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, List<PikkuChannelMiddlewareDelegate>> TagChannelMiddleware { get; } = new(StringComparer.Ordinal);

    internal List<PikkuPermission> GlobalPermissions { get; } = [];

    internal HashSet<string> Scopes { get; } = new(StringComparer.Ordinal);

    internal Dictionary<Type, (string Name, int Status, string Message)> Errors { get; } = [];

    internal JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        // Messages are UTF-8 and not part of HTML, so texts do not need escapes beyond those of JSON.
        Encoder = PlainJsonEncoder.Instance,
        // The web defaults read the string "5" as a number. Here a wrong type is an error, so that a mistake in a client is reported and not hidden.
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The type of the sessions of the application; null when no module has called <see cref="UseSession{TSession}"/>.</summary>
    internal Type? SessionType { get; private set; }

    /// <summary>The place of the call of <see cref="UseDistributedCacheSessionStore"/>; null when no module has called it.</summary>
    internal string? SessionCachePlace { get; private set; }

    internal Func<ClaimsPrincipal, IPikkuSession?>? SessionFromPrincipal { get; private set; }

    internal Func<IPikkuSession, IPikkuSession, IPikkuSession>? MergeSessions { get; private set; }

    internal List<(string Text, string Place, int Module)> Hocon { get; } = [];

    /// <summary>Wires a channel.</summary>
    /// <param name="name">The name, unique in the application. The default route is <c>/</c> followed by the name.</param>
    /// <param name="channel">Wires the actions and handlers of the channel.</param>
    /// <param name="file">The source file of the call, which error messages contain. The compiler sets it.</param>
    /// <param name="line">The source line of the call. The compiler sets it.</param>
    public PikkuBuilder WireChannel(
        string name, Action<ChannelBuilder> channel, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Channels.Add(Define(name, channel, Place(file, line)));
        return this;
    }

    /// <summary>
    /// Wires Pikku's realtime feature: the channel <c>events</c> at <c>/events</c> with the actions <c>subscribe</c> and <c>unsubscribe</c>, and the event streams
    /// <c>GET /events/{topic}</c>.
    /// </summary>
    /// <param name="events">Adds the topics, and sets their gates.</param>
    /// <param name="file">The source file of the call, which error messages contain. The compiler sets it.</param>
    /// <param name="line">The source line of the call. The compiler sets it.</param>
    public PikkuBuilder WireEvents(Action<EventsBuilder> events, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        WireEvents("events", events, file, line);

    /// <summary>Wires Pikku's realtime feature as a channel with another name. The default route is <c>/</c> followed by the name.</summary>
    /// <param name="name">The name of the channel, unique in the application.</param>
    /// <param name="events">Adds the topics, and sets their gates.</param>
    /// <param name="file">The source file of the call, which error messages contain. The compiler sets it.</param>
    /// <param name="line">The source line of the call. The compiler sets it.</param>
    public PikkuBuilder WireEvents(
        string name, Action<EventsBuilder> events, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(name);
        EnsureNotFrozen();
        var channel = new ChannelBuilder(new ChannelDefinition(name) { Place = Place(file, line), IsEvents = true });
        events(new EventsBuilder(channel));
        Channels.Add(channel.Definition);
        return this;
    }

    /// <summary>
    /// Adds to a channel that another module wires before or after this call: actions and handlers that the channel does not have, topics, messages, middleware and
    /// tags. The application does not start if no module wires the channel, or if both modules set the same thing differently.
    /// </summary>
    /// <param name="name">The name of the channel.</param>
    /// <param name="channel">Wires the additions.</param>
    /// <param name="file">The source file of the call, which error messages contain. The compiler sets it.</param>
    /// <param name="line">The source line of the call. The compiler sets it.</param>
    public PikkuBuilder ConfigureChannel(
        string name, Action<ChannelBuilder> channel, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        _additions.Add(Define(name, channel, Place(file, line)));
        return this;
    }

    /// <summary>Adds a middleware class around every function of every channel.</summary>
    /// <typeparam name="TMiddleware">The class; services are injected through its constructor, and each call creates one object.</typeparam>
    public PikkuBuilder UseMiddleware<TMiddleware>() where TMiddleware : class, IPikkuMiddleware => UseMiddleware<TMiddleware>(MiddlewarePriority.Medium);

    /// <inheritdoc cref="UseMiddleware{TMiddleware}()"/>
    /// <param name="priority">The position in the chain.</param>
    public PikkuBuilder UseMiddleware<TMiddleware>(MiddlewarePriority priority) where TMiddleware : class, IPikkuMiddleware =>
        UseMiddleware(PikkuMiddleware.Of<TMiddleware>(priority));

    /// <summary>Adds middleware around every function of every channel.</summary>
    /// <param name="middleware">The code of the middleware.</param>
    public PikkuBuilder UseMiddleware(PikkuMiddlewareDelegate middleware) => UseMiddleware(middleware, MiddlewarePriority.Medium);

    /// <inheritdoc cref="UseMiddleware(PikkuMiddlewareDelegate)"/>
    /// <param name="middleware">The code of the middleware.</param>
    /// <param name="priority">The position in the chain.</param>
    public PikkuBuilder UseMiddleware(PikkuMiddlewareDelegate middleware, MiddlewarePriority priority) => UseMiddleware(PikkuMiddleware.Of(middleware, priority));

    /// <summary>Adds a middleware class around the functions that have a tag, and around all functions of the channels that have it.</summary>
    /// <typeparam name="TMiddleware">The class; services are injected through its constructor, and each call creates one object.</typeparam>
    /// <param name="tag">The tag, or the name of a channel.</param>
    public PikkuBuilder AddMiddleware<TMiddleware>(string tag) where TMiddleware : class, IPikkuMiddleware =>
        AddMiddleware<TMiddleware>(tag, MiddlewarePriority.Medium);

    /// <inheritdoc cref="AddMiddleware{TMiddleware}(string)"/>
    /// <param name="tag">The tag, or the name of a channel.</param>
    /// <param name="priority">The position in the chain.</param>
    public PikkuBuilder AddMiddleware<TMiddleware>(string tag, MiddlewarePriority priority) where TMiddleware : class, IPikkuMiddleware =>
        Add(TagMiddleware, tag, [PikkuMiddleware.Of<TMiddleware>(priority)]);

    /// <summary>Adds middleware around the functions that have a tag, and around all functions of the channels that have it.</summary>
    /// <param name="tag">The tag, or the name of a channel.</param>
    /// <param name="middleware">The code of the middleware.</param>
    public PikkuBuilder AddMiddleware(string tag, PikkuMiddlewareDelegate middleware) => AddMiddleware(tag, middleware, MiddlewarePriority.Medium);

    /// <inheritdoc cref="AddMiddleware(string, PikkuMiddlewareDelegate)"/>
    /// <param name="tag">The tag, or the name of a channel.</param>
    /// <param name="middleware">The code of the middleware.</param>
    /// <param name="priority">The position in the chain.</param>
    public PikkuBuilder AddMiddleware(string tag, PikkuMiddlewareDelegate middleware, MiddlewarePriority priority) =>
        Add(TagMiddleware, tag, [PikkuMiddleware.Of(middleware, priority)]);

    /// <summary>Adds middleware for all messages to clients of the channels that have a tag or a name.</summary>
    /// <param name="tag">The tag, or the name of a channel.</param>
    /// <param name="middleware">The middleware, in the order of execution.</param>
    public PikkuBuilder AddChannelMiddleware(string tag, params PikkuChannelMiddlewareDelegate[] middleware) =>
        Add(TagChannelMiddleware, tag, middleware);

    /// <summary>Adds a permission class that every call needs in addition to its own permissions.</summary>
    /// <typeparam name="TPermission">Implements <see cref="IPikkuPermission"/>, or <see cref="IPikkuPermission{TInput}"/> for any data.</typeparam>
    public PikkuBuilder RequirePermission<TPermission>() where TPermission : class => RequirePermission(PikkuPermission.Of<TPermission>());

    /// <summary>Adds a permission that every call needs in addition to its own permissions.</summary>
    /// <param name="allows"><inheritdoc cref="PikkuPermission.Of(Delegate)"/></param>
    public PikkuBuilder RequirePermission(Delegate allows) => RequirePermission(PikkuPermission.Of(allows));

    /// <summary>Adds a permission that every call needs in addition to its own permissions.</summary>
    /// <param name="permission">The permission.</param>
    public PikkuBuilder RequirePermission(PikkuPermission permission)
    {
        ArgumentNullException.ThrowIfNull(permission);
        EnsureNotFrozen();
        GlobalPermissions.Add(permission);
        return this;
    }

    /// <summary>Declares scopes. The application does not start if a function requires a scope that is not declared.</summary>
    /// <param name="scopes">The scopes. The parts of a scope are separated by colons, from general to specific: <c>admin:invoices:create</c>.</param>
    public PikkuBuilder AddScopes(params string[] scopes)
    {
        EnsureNotFrozen();
        Scopes.UnionWith(scopes);
        return this;
    }

    /// <summary>Maps an exception that does not derive from <see cref="PikkuException"/> to an error for clients.</summary>
    /// <typeparam name="TException">The exception. The mapping includes derived exceptions.</typeparam>
    /// <param name="name">The name of the error for clients.</param>
    /// <param name="status">The corresponding HTTP status.</param>
    /// <param name="clientMessage">The message of the error for clients.</param>
    /// <param name="file">The source file of the call, which error messages contain. The compiler sets it.</param>
    /// <param name="line">The source line of the call. The compiler sets it.</param>
    public PikkuBuilder AddError<TException>(
        string name, int status, string clientMessage, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        where TException : Exception
    {
        EnsureNotFrozen();
        var place = Place(file, line);
        var error = (name, status, clientMessage);
        if (!Errors.TryAdd(typeof(TException), error) && Errors[typeof(TException)] is var other && other != error)
            _conflicts.Add(
                $"AddError<{typeof(TException).Name}> registers '{other.Name}' ({other.Status}) in {_errorPlaces[typeof(TException)]} and '{name}' ({status}) in {place}; keep one");
        _errorPlaces.TryAdd(typeof(TException), place);
        return this;
    }

    /// <summary>Sets the type of the sessions, and creates the session of a connection from the principal that ASP.NET Core authenticates at the upgrade.</summary>
    /// <typeparam name="TSession">The type of the sessions.</typeparam>
    /// <param name="fromPrincipal">Creates the session; returns null for no session.</param>
    /// <param name="merge">
    /// Merges the stored session (first parameter) with the session of the token (second parameter). By default the session of the token overrides each property that it has.
    /// </param>
    /// <param name="file">The source file of the call, which error messages contain. The compiler sets it.</param>
    /// <param name="line">The source line of the call. The compiler sets it.</param>
    public PikkuBuilder UseSession<TSession>(
        Func<ClaimsPrincipal, TSession?> fromPrincipal, Func<TSession, TSession, TSession>? merge = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        where TSession : class, IPikkuSession
    {
        ArgumentNullException.ThrowIfNull(fromPrincipal);
        EnsureNotFrozen();
        var place = Place(file, line);
        if (_sessionPlace is { } before)
            _conflicts.Add($"UseSession is called in {before} and in {place}; an application has one type of session, so keep one");
        _sessionPlace = place;
        SessionType = typeof(TSession);
        SessionFromPrincipal = fromPrincipal;
        MergeSessions = merge is null
            ? null
            : (stored, token) => stored is TSession typed ? merge(typed, (TSession)token) : token;
        return this;
    }

    /// <summary>
    /// Stores sessions in the <see cref="Microsoft.Extensions.Caching.Distributed.IDistributedCache"/> of the application, for example Redis
    /// (<c>services.AddStackExchangeRedisCache(…)</c>), instead of the memory of the nodes. They then also survive when all nodes are down. The settings are
    /// <c>pikku.session.store-lifetime</c>, <c>pikku.session.cache-key-prefix</c> and <c>pikku.session.cache-timeout</c>. While the cache fails, connections and calls that
    /// need a stored session get a <see cref="ServiceUnavailableError"/>.
    /// </summary>
    /// <param name="file">The source file of the call, which error messages contain. The compiler sets it.</param>
    /// <param name="line">The source line of the call. The compiler sets it.</param>
    public PikkuBuilder UseDistributedCacheSessionStore([CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        EnsureNotFrozen();
        SessionCachePlace ??= Place(file, line);
        return this;
    }

    /// <summary>
    /// Configures the JSON options for the messages of all channels. The defaults are the web defaults (camel case) with strict numbers, and an
    /// <see cref="JsonSerializerOptions.Encoder"/> that writes UTF-8 and escapes only the characters that JSON requires, so not <c>&lt;</c>, <c>&gt;</c>,
    /// <c>&amp;</c> and <c>'</c>. <see cref="JsonSerializerOptions.MaxDepth"/> (64) applies to input, results and events, without the envelope.
    /// </summary>
    /// <param name="configure">Changes the options.</param>
    public PikkuBuilder ConfigureJson(Action<JsonSerializerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        EnsureNotFrozen();
        configure(Json);
        return this;
    }

    /// <summary>
    /// Adds settings in HOCON. They override the defaults. The settings of the operator override them: <c>pikku.conf</c>, <c>IConfiguration</c>, environment and
    /// command line. Within one module a later call overrides an earlier one. The application does not start if two modules set a key differently.
    /// </summary>
    /// <param name="hocon">The settings in HOCON.</param>
    /// <param name="file">The source file of the call, which error messages contain. The compiler sets it.</param>
    /// <param name="line">The source line of the call. The compiler sets it.</param>
    public PikkuBuilder AddHocon(string hocon, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(hocon);
        EnsureNotFrozen();
        Hocon.Add((hocon, Place(file, line), _module));
        return this;
    }

    /// <summary>Begins the wiring of another module.</summary>
    internal PikkuBuilder BeginModule()
    {
        EnsureNotFrozen();
        _module++;
        return this;
    }

    /// <summary>Completes the wiring. Later changes throw, because parts of the application would not see them.</summary>
    internal PikkuBuilder Freeze()
    {
        if (_frozen)
            return this;
        _frozen = true;
        foreach (var addition in _additions)
            Add(addition);
        // From here on the options do not change, and a type that has no form in JSON is refused wherever it is used.
        Json.TypeInfoResolver = (Json.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(JsonForm.Demand);
        Json.MakeReadOnly();
        return this;
    }

    private ChannelDefinition Define(string name, Action<ChannelBuilder> channel, string place)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(channel);
        EnsureNotFrozen();
        var builder = new ChannelBuilder(name, place);
        channel(builder);
        return builder.Definition;
    }

    private void Add(ChannelDefinition addition)
    {
        if (Channels.Find(channel => channel.Name == addition.Name) is { } wired)
            ChannelMerge.Add(wired, addition, _conflicts);
        else
            _conflicts.Add(
                $"ConfigureChannel(\"{addition.Name}\") in {addition.Place} adds to a channel that no module wires; wire it with WireChannel"
                + (Channels.Count == 0 ? "" : $", or write the name of one that is wired ({string.Join(", ", Channels.Select(channel => $"'{channel.Name}'"))})"));
    }

    // The folder is omitted, because it is the folder of the machine that has built the application.
    private static string Place(string file, int line) =>
        string.Create(CultureInfo.InvariantCulture, $"{file[(file.LastIndexOfAny(['/', '\\']) + 1)..]}:{line}");

    private void EnsureNotFrozen()
    {
        if (_frozen)
            throw new InvalidOperationException("The wiring can't be changed after the application is built. Make this call in AddPikku.");
    }

    internal PikkuBuilder UseMiddleware(PikkuMiddleware middleware)
    {
        EnsureNotFrozen();
        GlobalMiddleware.Add(middleware);
        return this;
    }

    private PikkuBuilder Add<T>(Dictionary<string, List<T>> byTag, string tag, T[] items)
    {
        ArgumentNullException.ThrowIfNull(tag);
        EnsureNotFrozen();
        if (!byTag.TryGetValue(tag, out var list))
            byTag.Add(tag, list = []);
        list.AddRange(items);
        return this;
    }
}
