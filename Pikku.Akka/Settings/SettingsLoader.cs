using Akka.Configuration;
using Microsoft.Extensions.Configuration;

namespace Pikku.Akka.Settings;

/// <summary>Loads the settings from files, texts, environment and command line.</summary>
internal static class SettingsLoader
{
    /// <summary>The embedded defaults: every key of the library with its reason.</summary>
    public const string ReferenceResource = "Pikku.Akka.reference.conf";

    /// <summary>The key of the largest message between nodes.</summary>
    public const string FrameSize = "akka.remote.dot-netty.tcp.maximum-frame-size";

    // Besides its bytes, an event carries its topic, its origin and the envelopes of the mediator and the transport.
    private const int EventEnvelope = 64 * 1024;

    /// <summary>Merges the sources, for one module without a name.</summary>
    /// <param name="configuration">The strongest source; each of its own sources overrides those before it.</param>
    /// <param name="hoconTexts">Texts that code adds, the last one strongest.</param>
    /// <param name="files">HOCON files, the last one strongest; one that does not exist is skipped.</param>
    /// <param name="warnings">Receives what is ignored, possibly against the operator's intention.</param>
    /// <exception cref="PikkuConfigurationException">A text cannot be read; all of them are named.</exception>
    public static Config Load(IConfiguration? configuration, IEnumerable<string> hoconTexts, IEnumerable<string>? files = null, List<string>? warnings = null) => LoadAll(
        configuration, [.. hoconTexts.Select((text, index) => new HoconSource(text, $"text {index + 1} of PikkuBuilder.Configure", 0))], files ?? [], warnings ?? []);

    /// <summary>
    /// Merges the sources, from weak to strong: the defaults, the texts of the application's code, the files of its operator, and
    /// <see cref="IConfiguration"/> (appsettings, environment, command line).
    /// </summary>
    /// <param name="configuration">The strongest source; each of its own sources overrides those before it.</param>
    /// <param name="hoconTexts">Texts that code adds, the last one of a module strongest.</param>
    /// <param name="files">HOCON files, the last one strongest; one that does not exist is skipped.</param>
    /// <param name="warnings">Receives what is ignored, possibly against the operator's intention.</param>
    /// <param name="ownsActorSystem">
    /// False when the actor system is the application's: then that decides about its cluster, and <c>pikku.cluster</c> must not.
    /// </param>
    /// <exception cref="PikkuConfigurationException">A text cannot be read; all of them are named.</exception>
    public static Config LoadAll(
        IConfiguration? configuration, IReadOnlyList<HoconSource> hoconTexts, IEnumerable<string> files, List<string> warnings, bool ownsActorSystem = true)
    {
        warnings ??= [];
        var problems = new List<string>();
        var texts = hoconTexts.Select(source => (Source: source, Config: HoconText.Parse(source.Text, source.Origin, problems))).ToArray();
        ModuleConflicts.Check(texts, problems);
        Config?[] layers =
        [
            HoconText.Parse(Reference(), "reference.conf", problems),
            .. texts.Select(text => text.Config),
            .. files.Where(File.Exists).Select(file => FromFile(file, problems)),
            .. ConfigurationOverrides.Of(configuration, problems),
            .. new[] { ClusterConfig.FromVariables(configuration, problems, warnings) }.OfType<Config>(),
        ];
        var merged = problems.Count == 0 ? Merge(layers) : null;
        if (merged is not null && !ownsActorSystem)
            ClusterConfig.Refuse(merged, layers[0]!, problems);
        var cluster = merged is not null && ownsActorSystem ? ClusterConfig.Of(merged, problems, warnings) : null;
        if (problems.Count > 0)
            throw new PikkuConfigurationException(problems);
        // The cluster settings override the defaults, and everything that the application sets overrides them.
        return cluster is null ? merged! : Merge([layers[0], cluster, .. layers.Skip(1)]);
    }

    /// <summary>The size of the largest message between nodes in bytes, as Akka reads it.</summary>
    public static long FrameSizeOf(Config config) => config.GetByteSize(FrameSize, null) ?? 0;

    private static Config Merge(IEnumerable<Config?> layers) => layers.Aggregate((below, above) => above!.WithFallback(below))!;

    /// <summary>Reads the settings.</summary>
    /// <param name="config">The result of <see cref="Load"/>, possibly with further layers on top.</param>
    /// <param name="functions">The wired functions; null accepts every name in the settings.</param>
    /// <param name="others">Problems found elsewhere, to be reported together with those of the settings.</param>
    /// <param name="discovers">True when nodes are discovered (<see cref="IPikkuNodeDiscovery"/>).</param>
    /// <exception cref="PikkuConfigurationException">Keys or values are wrong; the exception names all of them.</exception>
    public static PikkuSettings Read(Config config, IReadOnlySet<string>? functions = null, IReadOnlyList<string>? others = null, bool discovers = false)
    {
        var reader = new StrictReader(config, "pikku");
        var settings = PikkuSettings.Read(reader);
        CheckFrame(config, settings, reader.Add);
        CheckIsolation(config, settings, reader.Add);
        if (discovers)
            CheckDiscovery(settings.Cluster, reader.Add);
        if (functions is not null)
        {
            CheckNames("pikku.function.placement", settings.Function.PlacedFunctions(), functions, reader);
            CheckNames("pikku.function.blocking", settings.Function.BlockingFunctions(), functions, reader);
        }

        foreach (var twice in settings.Function.BlockingFunctions().GroupBy(name => name, StringComparer.Ordinal).Where(same => same.Count() > 1))
            reader.Add($"pikku.function.blocking names '{twice.Key}' {twice.Count()} times. Write it once, with one number of calls.");
        foreach (var twice in settings.Function.PlacedFunctions().GroupBy(name => name, StringComparer.Ordinal).Where(same => same.Count() > 1))
            reader.Add($"pikku.function.placement places '{twice.Key}' {twice.Count()} times. Keep one: a function has at most one role.");
        foreach (var problem in others ?? [])
            reader.Add(problem);
        reader.Finish();
        return settings;
    }

    private static void CheckDiscovery(NodeSettings cluster, Action<string> problem)
    {
        const string how = "but the application discovers its nodes (UseKubernetes, or its own IPikkuNodeDiscovery)";
        if (cluster.Seeds.Count > 0)
            problem($"pikku.cluster.seeds = {string.Join(", ", cluster.Seeds)}, {how}. Remove the seeds, or the discovery.");
        if (cluster.StateDirectory != NodeSettings.NoDirectory)
            problem(
                $"pikku.cluster.state-directory = {cluster.StateDirectory}, {how}. A node that is discovered gets a new address with every start, so the node would wait for the old "
                + "ones. Remove the directory, or the discovery.");
    }

    private static void CheckNames(string key, IEnumerable<string> named, IReadOnlySet<string> functions, StrictReader reader)
    {
        var example = functions.FirstOrDefault() is { } one ? $", such as {one}" : "";
        foreach (var function in named.Where(function => !functions.Contains(function)))
            reader.Add($"{key} names '{function}', which is not a wired function. Write the name of a wired function{example}, or remove it.");
    }

    internal static string Reference() => Embedded(ReferenceResource);

    internal static string Embedded(string resource)
    {
        using var stream = typeof(SettingsLoader).Assembly.GetManifestResourceStream(resource)!;
        using var text = new StreamReader(stream);
        return text.ReadToEnd();
    }

    private static Config? FromFile(string file, List<string> problems)
    {
        try
        {
            return HoconText.Parse(File.ReadAllText(file), file, problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{file} cannot be read: {e.Message} Give the process read access, or remove the file.");
            return null;
        }
    }

    /// <summary>Checks that messages between nodes fit into a frame. The transport drops larger ones and reports it only in its log.</summary>
    /// <param name="config">The settings of the actor system.</param>
    /// <param name="settings">The settings of the node.</param>
    /// <param name="problem">Receives each problem.</param>
    public static void CheckFrame(Config config, PikkuSettings settings, Action<string> problem)
    {
        try
        {
            // Uses Akka's own parser, because Akka uses the value.
            if (config.GetByteSize(FrameSize, null) is not { } frame)
                return;
            CheckFrame(frame, "pikku.event-hub.max-event-size", settings.EventHub.MaxEventSize, "an event", problem);
            CheckFrame(frame, "pikku.cluster.max-batch-size", settings.Cluster.MaxBatchSize, "a batch of events", problem);
        }
        catch (FormatException)
        {
            problem($"{FrameSize} = {config.GetString(FrameSize)} cannot be read. Write a size with its unit, such as 1MiB.");
        }
    }

    /// <summary>Reports an isolation timeout that ends after the others may have removed this node: it would acknowledge publishes that they never receive.</summary>
    /// <param name="config">The settings of the actor system.</param>
    /// <param name="settings">The settings of the node.</param>
    /// <param name="problem">Receives the problem.</param>
    public static void CheckIsolation(Config config, PikkuSettings settings, Action<string> problem)
    {
        const string pausePath = "akka.cluster.failure-detector.acceptable-heartbeat-pause";
        const string stablePath = "akka.cluster.split-brain-resolver.stable-after";
        if (!settings.Cluster.IsOn || config.GetString("akka.cluster.downing-provider-class")?.Contains("SplitBrainResolver", StringComparison.Ordinal) != true)
            return;
        var (pause, stable) = (config.GetTimeSpan(pausePath, TimeSpan.Zero), config.GetTimeSpan(stablePath, TimeSpan.Zero));
        if (pause > TimeSpan.Zero && stable > TimeSpan.Zero && settings.Cluster.IsolationTimeout >= pause + stable)
            problem(
                $"pikku.cluster.isolation-timeout = {DurationText.Format(settings.Cluster.IsolationTimeout)} is not below {pausePath} + {stablePath} = "
                + $"{DurationText.Format(pause + stable)}, after which the other nodes remove a node that does not answer: it would still acknowledge publishes. "
                + "Lower the first or raise one of the others.");
    }

    private static void CheckFrame(long frame, string path, int size, string what, Action<string> problem)
    {
        if (frame < size + (long)EventEnvelope)
            problem(
                $"{FrameSize} = {SizeText.Format(frame)} is too small for {path} = {SizeText.Format(size)}: {what} crosses nodes in one frame, "
                + $"with up to {SizeText.Format(EventEnvelope)} around it. Raise the first or lower the second.");
    }
}
