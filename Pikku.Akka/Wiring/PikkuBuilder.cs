using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Protocol;

namespace Pikku.Akka;

/// <summary>
/// Wires the application. All its modules have the same one. Problems are collected and stop the start with one <see cref="PikkuWiringException"/>, which
/// names the places of the calls.
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

    /// <summary>What was wired twice and cannot both be meant.</summary>
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
        // Messages are UTF-8 and no HTML: no text grows by escapes that JSON does not need.
        Encoder = PlainJsonEncoder.Instance,
        // Web defaults read "5" as a number; an input's type is a rule here, so that a wrong type is told and not guessed away.
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The type of the application's sessions, once it is known.</summary>
    internal Type? SessionType { get; private set; }

    internal Func<ClaimsPrincipal, IPikkuSession?>? SessionFromPrincipal { get; private set; }

    internal Func<IPikkuSession, IPikkuSession, IPikkuSession>? MergeSessions { get; private set; }

    internal List<(string Text, string Place, int Module)> Hocon { get; } = [];

    /// <summary>Wires a channel.</summary>
    /// <param name="name">The name, unique in the application; the route is <c>/</c> and the name unless said otherwise.</param>
    /// <param name="channel">Wires what the channel consists of.</param>
    /// <param name="file">The file of the call, for problems to name it; the compiler fills it in.</param>
    /// <param name="line">The line of the call.</param>
    public PikkuBuilder WireChannel(
        string name, Action<ChannelBuilder> channel, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Channels.Add(Define(name, channel, Place(file, line)));
        return this;
    }

    /// <summary>
    /// Adds to a channel that another module wires, before or after this call: actions and handlers that it does not have, topics, messages, middleware,
    /// tags. A channel that nobody wires, and what both set differently, stops the start.
    /// </summary>
    /// <param name="name">The name of the channel.</param>
    /// <param name="channel">Wires what is added.</param>
    /// <param name="file">The file of the call, for problems to name it; the compiler fills it in.</param>
    /// <param name="line">The line of the call.</param>
    public PikkuBuilder ConfigureChannel(
        string name, Action<ChannelBuilder> channel, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        _additions.Add(Define(name, channel, Place(file, line)));
        return this;
    }

    /// <summary>Middleware around every function of every channel.</summary>
    /// <param name="middleware">The middleware, outermost first.</param>
    public PikkuBuilder AddMiddleware(params PikkuMiddleware[] middleware)
    {
        Demand();
        GlobalMiddleware.AddRange(middleware);
        return this;
    }

    /// <summary>Middleware around the functions that have a tag, and those of the channels that have it.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="middleware">The middleware, outermost first.</param>
    public PikkuBuilder AddMiddleware(string tag, params PikkuMiddleware[] middleware) => Add(TagMiddleware, tag, middleware);

    /// <summary>Middleware over everything that is sent to clients of the channels that have a tag or this name.</summary>
    /// <param name="tag">The tag, or the name of a channel.</param>
    /// <param name="middleware">The middleware, in the order in which it runs.</param>
    public PikkuBuilder AddChannelMiddleware(string tag, params PikkuChannelMiddlewareDelegate[] middleware) =>
        Add(TagChannelMiddleware, tag, middleware);

    /// <summary>Permissions that every call needs, beside its own; all of them.</summary>
    /// <param name="permissions">The permissions.</param>
    public PikkuBuilder RequirePermission(params PikkuPermission[] permissions)
    {
        Demand();
        GlobalPermissions.AddRange(permissions);
        return this;
    }

    /// <summary>Declares scopes. One that a function demands and nobody declared stops the start.</summary>
    /// <param name="scopes">The scopes, from the general to the special, parts joined by colons: <c>admin:invoices:create</c>.</param>
    public PikkuBuilder AddScopes(params string[] scopes)
    {
        Demand();
        Scopes.UnionWith(scopes);
        return this;
    }

    /// <summary>Registers a foreign exception, so that clients are told of it.</summary>
    /// <typeparam name="TException">The exception; those derived from it are told as the same.</typeparam>
    /// <param name="name">The name that the client gets.</param>
    /// <param name="status">The HTTP status that says the same.</param>
    /// <param name="clientMessage">The message that the client gets.</param>
    /// <param name="file">The file of the call, for problems to name it; the compiler fills it in.</param>
    /// <param name="line">The line of the call.</param>
    public PikkuBuilder AddError<TException>(
        string name, int status, string clientMessage, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        where TException : Exception
    {
        Demand();
        var place = Place(file, line);
        var said = (name, status, clientMessage);
        if (!Errors.TryAdd(typeof(TException), said) && Errors[typeof(TException)] is var before && before != said)
            _conflicts.Add(
                $"AddError<{typeof(TException).Name}> registers '{before.Name}' ({before.Status}) in {_errorPlaces[typeof(TException)]} and '{name}' ({status}) in {place}; keep one");
        _errorPlaces.TryAdd(typeof(TException), place);
        return this;
    }

    /// <summary>The application's session, made from what ASP.NET Core's authentication found at the upgrade.</summary>
    /// <typeparam name="TSession">The application's session.</typeparam>
    /// <param name="fromPrincipal">Makes it; null for no session.</param>
    /// <param name="merge">
    /// Joins the stored session with that of the token, in this order; by default every property that the token's has wins.
    /// </param>
    /// <param name="file">The file of the call, for problems to name it; the compiler fills it in.</param>
    /// <param name="line">The line of the call.</param>
    public PikkuBuilder UseSession<TSession>(
        Func<ClaimsPrincipal, TSession?> fromPrincipal, Func<TSession, TSession, TSession>? merge = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        where TSession : class, IPikkuSession
    {
        ArgumentNullException.ThrowIfNull(fromPrincipal);
        Demand();
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
    /// Changes how messages are read and written, for all channels. The defaults are those of the web (camel case), strict numbers, and an
    /// <see cref="JsonSerializerOptions.Encoder"/> that writes UTF-8 and escapes only what JSON demands: not <c>&lt;</c>, <c>&gt;</c>,
    /// <c>&amp;</c> and <c>'</c>. <see cref="JsonSerializerOptions.MaxDepth"/> (64) holds for input, results and events alike; the envelope does
    /// not count.
    /// </summary>
    /// <param name="configure">Changes the options.</param>
    public PikkuBuilder ConfigureJson(Action<JsonSerializerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Demand();
        configure(Json);
        return this;
    }

    /// <summary>
    /// Adds settings in HOCON. They override the defaults, and are overridden by what the operator sets: <c>pikku.conf</c>, <c>IConfiguration</c>,
    /// environment and command line. Of several texts of one module the last one wins; two modules that set a key differently stop the start.
    /// </summary>
    /// <param name="hocon">The text.</param>
    /// <param name="file">The file of the call, for problems to name it; the compiler fills it in.</param>
    /// <param name="line">The line of the call.</param>
    public PikkuBuilder AddHocon(string hocon, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(hocon);
        Demand();
        Hocon.Add((hocon, Place(file, line), _module));
        return this;
    }

    /// <summary>Begins the wiring of one more module.</summary>
    internal PikkuBuilder BeginModule()
    {
        Demand();
        _module++;
        return this;
    }

    /// <summary>Ends the wiring: what is said later would be known to a part of the application only.</summary>
    internal PikkuBuilder Freeze()
    {
        if (_frozen)
            return this;
        _frozen = true;
        foreach (var addition in _additions)
            Add(addition);
        // From here on nothing changes, and a type that has no form in JSON is refused wherever it is met.
        Json.TypeInfoResolver = (Json.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(JsonForm.Demand);
        Json.MakeReadOnly();
        return this;
    }

    private ChannelDefinition Define(string name, Action<ChannelBuilder> channel, string place)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(channel);
        Demand();
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

    // Without its folder, which is that of the machine on which the application was built.
    private static string Place(string file, int line) =>
        string.Create(CultureInfo.InvariantCulture, $"{file[(file.LastIndexOfAny(['/', '\\']) + 1)..]}:{line}");

    private void Demand()
    {
        if (_frozen)
            throw new InvalidOperationException("The wiring is complete once the application is built. Say it in AddPikku, before that.");
    }

    private PikkuBuilder Add<T>(Dictionary<string, List<T>> byTag, string tag, T[] items)
    {
        ArgumentNullException.ThrowIfNull(tag);
        Demand();
        if (!byTag.TryGetValue(tag, out var list))
            byTag.Add(tag, list = []);
        list.AddRange(items);
        return this;
    }
}
