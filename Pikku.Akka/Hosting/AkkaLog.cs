using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Pikku.Akka.Hosting;

/// <summary>
/// Passes the log entries of Akka to the log of the application. The category is the class that logs, so that the settings of the application select a part of Akka. Only
/// the text is passed on: the log of the application decides whether to write time, level and thread.
/// </summary>
internal sealed class AkkaLog : ActorBase, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private static readonly string[] DisconnectTexts = ["Association with remote system", "AssociationError", "Tried to associate with unreachable remote address"];

    // Not by type, because some of them are internal.
    private static readonly HashSet<string> DisconnectCauses =
        ["EndpointDisassociatedException", "EndpointAssociationException", "ShutDownAssociation", "InvalidAssociation", "InvalidAssociationException", "ClosedChannelException"];

    private readonly ILoggerFactory _loggers = Context.System.Settings.Setup.Get<AkkaLogSetup>().Value.Loggers;
    private readonly Dictionary<Type, ILogger> _byClass = []; // bounded by the classes that log

    /// <summary>Makes this class the logger of an actor system with an <see cref="AkkaLogSetup"/>, unless the settings name other loggers.</summary>
    public static Config Config { get; } =
        ConfigurationFactory.ParseString($"akka.loggers = [\"{typeof(AkkaLog).FullName}, {typeof(AkkaLog).Assembly.GetName().Name}\"]");

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                return true;
            case LogEvent line:
                Pass(line);
                return true;
            default:
                return false;
        }
    }

    private void Pass(LogEvent line)
    {
        var logger = LoggerOf(line.LogClass);
        var isDisconnect = IsDisconnect(line);
        var level = isDisconnect ? LogLevel.Information : LevelOf(line);
        if (!logger.IsEnabled(level))
            return;
        var text = TextOf(line);
        if (isDisconnect)
            text = text.Split('\n', 2)[0].TrimEnd(); // the following lines are an exception with its stack trace
        logger.Log(level, AkkaLine.Id, new AkkaLine(text, line), isDisconnect ? null : line.Cause, static (state, _) => state.ToString());
    }

    // Akka states the class string for sources that are only text.
    private ILogger LoggerOf(Type? source)
    {
        if (source is null || source == typeof(string))
            source = typeof(ActorSystem);
        if (_byClass.TryGetValue(source, out var known))
            return known;
        // A category without type arguments, whose text is long and contains versions.
        var name = source.Name.Split('`')[0];
        return _byClass[source] = _loggers.CreateLogger(source.Namespace is { } space ? $"{space}.{name}" : name);
    }

    // The transport logs a warning for every connection that ends or is refused, even if the node leaves as planned. These entries become information, because
    // the cluster itself reports unreachable nodes, and a node that can't join reports the reason when its start fails.
    private static bool IsDisconnect(LogEvent line) =>
        (line.Cause is { } cause && DisconnectCauses.Contains(cause.GetType().Name))
        || (line is Warning && DisconnectTexts.Any(text => TextOf(line).StartsWith(text, StringComparison.Ordinal)));

    private static string TextOf(LogEvent line)
    {
        try
        {
            return line.Message?.ToString() ?? "";
        }
        catch (FormatException)
        {
            return line.Message is LogMessage message ? message.Format : "";
        }
    }

    private static LogLevel LevelOf(LogEvent line) => line.LogLevel() switch
    {
        global::Akka.Event.LogLevel.DebugLevel => LogLevel.Debug,
        global::Akka.Event.LogLevel.InfoLevel => LogLevel.Information,
        global::Akka.Event.LogLevel.WarningLevel => LogLevel.Warning,
        _ => LogLevel.Error,
    };
}
