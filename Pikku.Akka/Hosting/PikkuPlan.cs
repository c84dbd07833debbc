using Akka.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pikku.Akka.Channels;
using Pikku.Akka.Functions;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>
/// Settings and wiring, each read once and without the other, before anything runs. Mistakes are kept: the start fails with them, and a
/// command tells all of them.
/// </summary>
internal sealed class PikkuPlan
{
    private const string SettingsFile = "pikku.conf";

    private readonly Lazy<Config> _config;
    private readonly Lazy<PikkuSettings> _settings;
    private readonly Lazy<IReadOnlyList<CompiledChannel>> _channels;
    private readonly WiringCompiler _compiler;
    private readonly List<string> _warnings = [];
    private bool _mapped;

    public PikkuPlan(PikkuBuilder app, InputOptions input, IServiceProvider services)
    {
        App = app.Freeze();
        var configuration = services.GetService<IConfiguration>();
        var isService = services.GetService<IServiceProviderIsService>();
        var root = services.GetService<IHostEnvironment>()?.ContentRootPath;
        _config = new(() => SettingsLoader.Load(configuration, app.Hocon, SettingsFiles(root), _warnings));
        _settings = new(() => SettingsLoader.Read(Config, FunctionNames(), AkkaReferences.Check(Config, FunctionNames())));
        _compiler = new WiringCompiler(app, new FunctionBinder(isService), input, app.Json);
        _channels = new(_compiler.Compile);
    }

    /// <summary>The plan of an application.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="method">The public method that needs it, for the error to name it.</param>
    /// <exception cref="InvalidOperationException">AddPikku has not been called.</exception>
    public static PikkuPlan Of(IServiceProvider services, string method) =>
        services.GetService<PikkuPlan>()
        ?? throw new InvalidOperationException($"{method} needs what AddPikku adds. Call builder.Services.AddPikku(…) before the application is built.");

    /// <summary>What the application said.</summary>
    public PikkuBuilder App { get; }

    /// <exception cref="PikkuConfigurationException">A text of the settings cannot be read.</exception>
    public Config Config => _config.Value;

    /// <exception cref="PikkuConfigurationException">The settings have mistakes.</exception>
    public PikkuSettings Settings => _settings.Value;

    /// <exception cref="PikkuWiringException">The wiring has mistakes.</exception>
    public IReadOnlyList<CompiledChannel> Channels => _channels.Value;

    /// <summary>What settings and wiring say and has no effect, each with its place and the fix; known once both have been read.</summary>
    public IReadOnlyList<string> Warnings => [.. _warnings, .. _compiler.Warnings];

    /// <summary>True once the routes of the channels are mapped.</summary>
    public bool IsMapped => Volatile.Read(ref _mapped);

    /// <summary>Notes that the routes of the channels are mapped.</summary>
    public void Map() => Volatile.Write(ref _mapped, true);

    /// <summary>The mistakes of the settings, each with its place and the fix; none when they are right.</summary>
    public IReadOnlyList<string> SettingsMistakes()
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

    /// <summary>The mistakes of the wiring, each with its place and the fix; none when it is right.</summary>
    public IReadOnlyList<string> WiringMistakes()
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

    // Before the wiring is known to be right: a placement is a mistake of the settings, to be told with the others.
    private HashSet<string> FunctionNames() => App.Channels
        .SelectMany(channel => channel.AllActions).Select(action => action.Function.Name).ToHashSet(StringComparer.Ordinal);

    // Beside the content in development, beside the binaries where it was copied to.
    private static string[] SettingsFiles(string? root) =>
        [.. new[] { AppContext.BaseDirectory, root }.OfType<string>().Select(folder => Path.GetFullPath(Path.Combine(folder, SettingsFile))).Distinct()];
}
