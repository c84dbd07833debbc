using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Akka.Dispatch;
using Pikku.Akka.Functions;
using Pikku.Akka.Cluster;

namespace Pikku.Akka.Hosting;

/// <summary>
/// Validates the references in settings of Akka: dispatchers, mailboxes, routers and the actors of functions. Akka itself resolves them when it creates an
/// actor. Without this check an invalid reference would stop the start with a reason that appears only in Akka's log.
/// </summary>
internal sealed class AkkaReferences
{
    private const string Deployment = "akka.actor.deployment";
    private const string Routers = "akka.actor.router.type-mapping";

    // The names that Akka knows. Any other value is the name of a .NET type.
    private static readonly string[] DispatcherTypes = ["Dispatcher", "TaskDispatcher", "PinnedDispatcher", "ForkJoinDispatcher", "SynchronizedDispatcher"];

    private static readonly string[] Executors =
        ["default-executor", "fork-join-executor", "thread-pool-executor", "task-executor", "channel-executor", "current-context-executor"];

    // A section without any of these keys is not a dispatcher. Keys that are missing have the defaults of Akka.
    private static readonly string[] DispatcherKeys =
    [
        "type", "executor", "throughput", "throughput-deadline-time", "mailbox-requirement", "dedicated-thread-pool",
        "fork-join-executor", "thread-pool-executor", "channel-executor", "current-context-executor",
    ];

    private readonly Config _all;
    private readonly IReadOnlySet<string> _functions;
    private readonly List<string> _problems = [];

    private AkkaReferences(Config config, IReadOnlySet<string> functions)
    {
        _all = config.WithFallback(ClusterDefaults.Everything);
        _functions = functions;
    }

    /// <summary>Lists the problems, each with its path, its value and the fix.</summary>
    /// <param name="config">All settings of the application.</param>
    /// <param name="functions">The names of the functions that are wired.</param>
    public static IReadOnlyList<string> Check(Config config, IReadOnlySet<string> functions)
    {
        var check = new AkkaReferences(config, functions);
        if (config.GetString("pikku.function.dispatcher", null) is { Length: > 0 } dispatcher)
            check.CheckDispatcher("pikku.function.dispatcher", dispatcher);
        // Only the settings of the application are checked. The defaults of Akka contain references that this check does not know.
        if (config.Root.GetObject()?.GetKey("akka") is { } akka)
            check.Walk(akka, "akka");
        return [.. check._problems.Distinct()];
    }

    private void Walk(HoconValue value, string path)
    {
        if (value.GetObject() is not { } section)
            return;
        if (path == Deployment)
        {
            foreach (var (actor, deployed) in section.Items)
                CheckDeployment(actor.Trim('"'), deployed);
            return;
        }

        if (section.Items.ContainsKey("executor") || (section.Items.ContainsKey("type") && path.EndsWith("-dispatcher", StringComparison.Ordinal)))
            CheckDefinition(path);
        foreach (var (key, inner) in section.Items)
        {
            var at = $"{path}.{key}";
            if (key is "dispatcher" or "use-dispatcher" && TextOf(inner) is { Length: > 0 } dispatcher)
                CheckDispatcher(at, dispatcher);
            else if (key == "mailbox-type" && TextOf(inner) is { } mailbox)
                CheckMailboxType(at, mailbox);
            else
                Walk(inner, at);
        }
    }

    private void CheckDeployment(string actor, HoconValue deployed)
    {
        const string parent = "/pikku/functions/";
        var path = $"{Deployment}.{actor}";
        if (actor.StartsWith(parent, StringComparison.Ordinal) && actor[parent.Length..] is var name && !name.Contains('*', StringComparison.Ordinal)
            && !name.Contains('/', StringComparison.Ordinal) && !_functions.Any(function => FunctionsActor.ActorNameOf(function) == name))
            Add($"{path} deploys '{name}', but no wired function has this actor name. Write {Known(_functions.Select(FunctionsActor.ActorNameOf))}, or remove it.");
        if (deployed.GetObject() is not { } section)
            return;
        foreach (var (key, value) in section.Items)
        {
            if (TextOf(value) is not { Length: > 0 } text)
                continue;
            if (key == "dispatcher")
                CheckDispatcher($"{path}.{key}", text);
            else if (key == "mailbox")
                CheckMailbox($"{path}.{key}", text);
            else if (key == "router" && !_all.HasPath($"{Routers}.{text}"))
                Add($"{path}.router = {text} is not a router of Akka. Write one of {Routers}, such as round-robin-pool.");
            else if (key == "nr-of-instances" && !(int.TryParse(text, CultureInfo.InvariantCulture, out var instances) && instances > 0))
                Add($"{path}.nr-of-instances = {text} is not a valid number of instances. Write a whole number above 0.");
        }
    }

    private void CheckDispatcher(string path, string dispatcher)
    {
        if (Section(dispatcher) is null)
            Add($"{path} = {dispatcher} is not a dispatcher. Write the path of a section that has a type or an executor, such as akka.actor.pikku-dispatcher, or add that section.");
        else
            CheckDefinition(dispatcher);
    }

    private void CheckDefinition(string path)
    {
        if (Section(path) is not { } section)
            return;
        var type = section.TryGetValue("type", out var written) ? TextOf(written) : null;
        if (!DispatcherKeys.Any(section.ContainsKey))
            Add($"{path} is used as a dispatcher, but has no setting of a dispatcher. Add type = Dispatcher, or name another section.");
        if (type is not null && !DispatcherTypes.Contains(type, StringComparer.Ordinal) && !IsType(type, typeof(MessageDispatcherConfigurator)))
            Add($"{path}.type = {type} is not a type of dispatcher. Write one of {string.Join(", ", DispatcherTypes)}.");
        if (section.TryGetValue("executor", out written) && TextOf(written) is { } executor
            && !Executors.Contains(executor, StringComparer.Ordinal) && !IsType(executor, typeof(ExecutorServiceConfigurator)))
            Add($"{path}.executor = {executor} is not an executor. Write one of {string.Join(", ", Executors)}.");
        if (type == "ForkJoinDispatcher" && !section.ContainsKey("dedicated-thread-pool") && !section.ContainsKey("fork-join-executor"))
            Add($"{path}.type = ForkJoinDispatcher requires threads. Add dedicated-thread-pool {{ thread-count = 4 }} to {path}.");
    }

    private void CheckMailbox(string path, string mailbox)
    {
        if (Section(mailbox) is not { } section || !section.TryGetValue("mailbox-type", out var type) || TextOf(type) is not { } name)
            Add($"{path} = {mailbox} is not a mailbox. Write the path of a section that has a mailbox-type, or add that section.");
        else
            CheckMailboxType($"{mailbox}.mailbox-type", name);
    }

    private void CheckMailboxType(string path, string type)
    {
        if (type.Length > 0 && !IsType(type, typeof(MailboxType)))
            Add($"{path} = {type} is not a mailbox. Write the name of a type that derives from Akka.Dispatch.MailboxType, with its assembly.");
    }

    private Dictionary<string, HoconValue>? Section(string path)
    {
        try
        {
            return _all.HasPath(path) && _all.GetValue(path) is { } value && value.IsObject() ? value.GetObject().Items : null;
        }
        catch (Exception e) when (e is FormatException or ConfigurationException or ArgumentException)
        {
            return null; // not a valid path
        }
    }

    private static bool IsType(string name, Type baseType)
    {
        try
        {
            // The lookup of Akka, which finds its own types without the name of an assembly.
            return (Type.GetType(name) ?? baseType.Assembly.GetType(name)) is { IsAbstract: false } type && type.IsAssignableTo(baseType);
        }
        catch (Exception e) when (e is IOException or ArgumentException or BadImageFormatException or TypeLoadException)
        {
            return false;
        }
    }

    private static string? TextOf(HoconValue value) => value.IsString() ? value.GetString() : null;

    private static string Known(IEnumerable<string> names) =>
        names.Order(StringComparer.Ordinal).Take(3).ToArray() is { Length: > 0 } some ? $"the name of one, such as {string.Join(", ", some)}" : "it for a function that is wired";

    private void Add(string problem) => _problems.Add(problem);
}
