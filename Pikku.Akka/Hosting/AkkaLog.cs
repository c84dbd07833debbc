using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Diagnostics;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Pikku.Akka.Hosting;

/// <summary>
/// Passes the log entries of Akka to the log of the application. Only the text is passed on: the log of the application decides whether to write time, level
/// and thread.
/// </summary>
internal sealed class AkkaLog : ActorBase, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private static readonly string[] DisconnectTexts = ["Association with remote system", "AssociationError", "Tried to associate with unreachable remote address"];

    private readonly ILogger _logger = Context.System.Settings.Setup.Get<AkkaLogSetup>().Value.Loggers.CreateLogger<ActorSystem>();

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
        var isDisconnect = IsDisconnect(line);
        var level = isDisconnect ? LogLevel.Information : LevelOf(line);
        if (!_logger.IsEnabled(level))
            return;
        var text = TextOf(line);
        if (isDisconnect)
            text = text.Split('\n', 2)[0].TrimEnd(); // the following lines are an exception with its stack trace
        PikkuLog.OfAkka(_logger, level, text, line.LogSource, isDisconnect ? null : line.Cause);
    }

    // The transport logs a warning for every connection that ends or is refused, even if the node leaves as planned. These entries become information, because
    // the cluster itself reports unreachable nodes, and a node that can't join reports the reason when its start fails.
    private static bool IsDisconnect(LogEvent line) =>
        line.Cause?.GetType().Name is "EndpointDisassociatedException" or "ShutDownAssociation"
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
