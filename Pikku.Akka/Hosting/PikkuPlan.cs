using Akka.Actor;
using Akka.Configuration;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pikku.Akka.Channels;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>
/// The settings and the wiring of the application. Each is read once and independently of the other, before anything runs. Problems are collected: the start
/// fails with all of them, and a command prints them.
/// </summary>
internal sealed class PikkuPlan
{
    private const string SettingsFile = "pikku.conf";

    private readonly Lazy<Config> _config;
    private readonly Lazy<PikkuSettings> _settings;
    private readonly Lazy<IReadOnlyList<CompiledChannel>> _channels;
    private readonly WiringCompiler _compiler;
    private readonly Func<IAuthorizationPolicyProvider?> _policies;
    private readonly List<string> _warnings = [];
    private bool _mapped;

    public PikkuPlan(PikkuBuilder app, InputOptions input, IServiceProvider services)
    {
        App = app.Freeze();
        _policies = services.GetService<IAuthorizationPolicyProvider>;
        var configuration = services.GetService<IConfiguration>();
        var isService = services.GetService<IServiceProviderIsService>();
        var root = services.GetService<IHostEnvironment>()?.ContentRootPath;
        HoconSource[] texts = [.. app.Hocon.Select(text => new HoconSource(text.Text, $"PikkuBuilder.Configure in {text.Place}", text.Module))];
        _config = new(() => SettingsLoader.LoadAll(configuration, texts, SettingsFiles(root), _warnings, OwnsActorSystem));
        _settings = new(ReadSettings);
        _compiler = new WiringCompiler(app, isService, input, app.Json);
        _channels = new(_compiler.Compile);
    }

    /// <summary>The plan of an application.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="method">The public method that needs the plan, which the error message contains.</param>
    /// <exception cref="InvalidOperationException">AddPikku has not been called.</exception>
    public static PikkuPlan Of(IServiceProvider services, string method) =>
        services.GetService<PikkuPlan>()
        ?? throw new InvalidOperationException($"{method} needs the services of AddPikku. Call builder.Services.AddPikku(…) before the application is built.");

    /// <summary>The wiring of the application.</summary>
    public PikkuBuilder App { get; }

    /// <summary>
    /// True when Pikku creates and terminates the actor system; false when the application has registered one. Reading this creates no actor system.
    /// </summary>
    public bool OwnsActorSystem => App.Services
        .LastOrDefault(service => service.ServiceType == typeof(ActorSystem) && !service.IsKeyedService) is not { } registered
        || ReferenceEquals(registered.ImplementationFactory, PikkuActorSystem.Factory);

    /// <exception cref="PikkuConfigurationException">A source of the settings can't be read.</exception>
    public Config Config => _config.Value;

    /// <exception cref="PikkuConfigurationException">The settings are invalid.</exception>
    public PikkuSettings Settings => _settings.Value;

    /// <exception cref="PikkuWiringException">The wiring is invalid.</exception>
    public IReadOnlyList<CompiledChannel> Channels => _channels.Value;

    /// <summary>Settings and wiring that have no effect, each with its location and the fix. The list is complete after both have been read.</summary>
    public IReadOnlyList<string> Warnings => [.. _warnings, .. _compiler.Warnings];

    /// <summary>True when the routes of the channels are mapped.</summary>
    public bool IsMapped => Volatile.Read(ref _mapped);

    /// <summary>Records that the routes of the channels are mapped.</summary>
    public void MarkMapped() => Volatile.Write(ref _mapped, true);

    /// <summary>Throws if the settings or the wiring are invalid.</summary>
    /// <exception cref="PikkuConfigurationException">The settings are invalid. The exception also lists the problems of the wiring.</exception>
    /// <exception cref="PikkuWiringException">Only the wiring is invalid.</exception>
    public void ThrowIfInvalid()
    {
        var (settings, wiring) = (SettingsProblems(), WiringProblems());
        if (settings.Count > 0 && wiring.Count > 0)
            throw PikkuConfigurationException.OfBoth(settings, wiring);
        _ = Settings;
        _ = Channels;
        if (PolicyProblems() is { Count: > 0 } problems)
            throw new PikkuWiringException(problems);
    }

    // Policies need both the settings and the services of the application.
    private List<string> PolicyProblems()
    {
        var problems = new List<string>();
        foreach (var channel in Channels.Where(channel => channel.NeedsPrincipal))
        {
            // The default provider answers at once. Another one may ask a server, which the start does not wait for.
            if (_policies() is { } policies)
                foreach (var policy in channel.Policies)
                    if (policies.GetPolicyAsync(policy) is { IsCompletedSuccessfully: true, Result: null })
                        problems.Add($"channel '{channel.Name}' requires the policy '{policy}', which is not registered; register it with AddAuthorizationBuilder().AddPolicy(\"{policy}\", …).");
            foreach (var action in channel.AllActions.Where(action => action.Permissions.Policies.Any() && Settings.Function.RoleOf(action.Function.Name) is not null))
                problems.Add($"{action.Label} of channel '{channel.Name}' requires a policy, but pikku.function.placement runs its function on other nodes, which do not have the principal of the connection; require a permission instead, or remove the function from the placement.");
        }

        return problems;
    }

    /// <summary>The problems of the settings, each with its location and the fix; empty when the settings are valid.</summary>
    public IReadOnlyList<string> SettingsProblems()
    {
        try
        {
            _ = Settings;
            return [];
        }
        catch (PikkuConfigurationException e)
        {
            return e.Problems;
        }
    }

    /// <summary>The problems of the wiring, each with its location and the fix; empty when the wiring is valid.</summary>
    public IReadOnlyList<string> WiringProblems()
    {
        try
        {
            _ = Channels;
            return [];
        }
        catch (PikkuWiringException e)
        {
            return e.Problems;
        }
    }

    // The references are only checked for an actor system that Pikku creates. The dispatchers and mailboxes of an actor system of the application are known after it was created.
    private PikkuSettings ReadSettings() =>
        SettingsLoader.Read(Config, FunctionNames(), OwnsActorSystem ? AkkaReferences.Check(Config, FunctionNames()) : DiscoveryProblems(), Discovers);

    private bool Discovers => App.Services.Any(service => service.ServiceType == typeof(IPikkuNodeDiscovery));

    private string[] DiscoveryProblems() => Discovers
        ? ["The application discovers its nodes (UseKubernetes, or its own IPikkuNodeDiscovery), but it has an actor system of its own, and Pikku joins no cluster but the one of that system. Remove the discovery, and let the actor system find its cluster, as with Akka.Management."]
        : [];

    // The names are read before the wiring is validated, so that an invalid function name in the settings is reported with the other problems of the settings.
    private HashSet<string> FunctionNames() => App.Channels
        .SelectMany(channel => channel.AllActions).Select(action => action.Function.Name).ToHashSet(StringComparer.Ordinal);

    // The file is in the content root in development, and in the folder of the binaries if the build copies it there.
    private static string[] SettingsFiles(string? root) =>
        [.. new[] { AppContext.BaseDirectory, root }.OfType<string>().Select(folder => Path.GetFullPath(Path.Combine(folder, SettingsFile))).Distinct()];
}
