using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.Protocol;

namespace Pikku.Akka;

/// <summary>Says what the application consists of. Mistakes are collected and stop the start with one <see cref="PikkuWiringException"/>.</summary>
public sealed class PikkuBuilder
{
    internal PikkuBuilder() { }

    private readonly List<string> _places = [];
    private readonly List<string> _conflicts = [];
    private bool _frozen;
    private string? _sessionPlace;
    private readonly Dictionary<Type, string> _errorPlaces = [];

    /// <summary>The places of the calls that wired something: one for each module of the application.</summary>
    internal IReadOnlyList<string> Places => _places;

    /// <summary>What was said twice and cannot both be meant.</summary>
    internal IReadOnlyList<string> Conflicts => _conflicts;

    internal List<ChannelDefinition> Channels { get; } = [];

    internal List<PikkuMiddleware> GlobalMiddleware { get; } = [];

    internal Dictionary<string, List<PikkuMiddleware>> TagMiddleware { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, List<PikkuChannelMiddleware>> TagChannelMiddleware { get; } = new(StringComparer.Ordinal);

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

    internal List<string> Hocon { get; } = [];

    /// <summary>Wires a channel.</summary>
    /// <param name="name">The name, unique in the application; the route is <c>/</c> and the name unless said otherwise.</param>
    /// <param name="channel">Says what the channel consists of.</param>
    public PikkuBuilder WireChannel(string name, Action<ChannelBuilder> channel)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(channel);
        Demand();
        var builder = new ChannelBuilder(name, Place);
        channel(builder);
        Channels.Add(builder.Definition);
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
    public PikkuBuilder AddChannelMiddleware(string tag, params PikkuChannelMiddleware[] middleware) =>
        Add(TagChannelMiddleware, tag, middleware);

    /// <summary>Permissions that every call needs, beside its own; all of them.</summary>
    /// <param name="permissions">The permissions.</param>
    public PikkuBuilder AddPermission(params PikkuPermission[] permissions)
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
    public PikkuBuilder AddError<TException>(string name, int status, string clientMessage) where TException : Exception
    {
        Demand();
        var said = (name, status, clientMessage);
        if (Errors.TryGetValue(typeof(TException), out var before) && before != said)
            _conflicts.Add(
                $"AddError<{typeof(TException).Name}> tells clients of '{before.Name}' ({before.Status}), and another call of '{name}' ({status}){PlacesOf(_errorPlaces[typeof(TException)])}; keep one");
        Errors[typeof(TException)] = said;
        _errorPlaces[typeof(TException)] = Place;
        return this;
    }

    /// <summary>The application's session, made from what ASP.NET Core's authentication found at the upgrade.</summary>
    /// <typeparam name="TSession">The application's session.</typeparam>
    /// <param name="fromPrincipal">Makes it; null for no session.</param>
    /// <param name="merge">
    /// Joins the stored session with that of the token, in this order; by default every property that the token's has wins.
    /// </param>
    public PikkuBuilder UseSession<TSession>(
        Func<ClaimsPrincipal, TSession?> fromPrincipal, Func<TSession, TSession, TSession>? merge = null)
        where TSession : class, IPikkuSession
    {
        ArgumentNullException.ThrowIfNull(fromPrincipal);
        Demand();
        if (_sessionPlace is { } before)
            _conflicts.Add($"UseSession is called twice{PlacesOf(before)}; an application has one kind of session, so keep one");
        _sessionPlace = Place;
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

    /// <summary>Settings in HOCON. They stand over <c>pikku.conf</c> and under environment and command line.</summary>
    /// <param name="hocon">The text.</param>
    public PikkuBuilder Configure(string hocon)
    {
        ArgumentNullException.ThrowIfNull(hocon);
        Demand();
        Hocon.Add(hocon);
        return this;
    }

    /// <summary>Begins what one module says.</summary>
    internal void Begin(string place)
    {
        Demand();
        _places.Add(place);
    }

    /// <summary>Ends the wiring: what is said later would be known to a part of the application only.</summary>
    internal PikkuBuilder Freeze()
    {
        if (_frozen)
            return this;
        _frozen = true;
        // From here on nothing changes, and a type that has no form in JSON is refused wherever it is met.
        Json.TypeInfoResolver = (Json.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(JsonForm.Demand);
        Json.MakeReadOnly();
        return this;
    }

    private string Place => _places.Count > 0 ? _places[^1] : "";

    private string PlacesOf(string before) => before == Place ? "" : $" (in AddPikku of {before} and of {Place})";

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
