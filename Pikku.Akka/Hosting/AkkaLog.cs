using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using Akka.Hosting.Logging;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Diagnostics;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Pikku.Akka.Hosting;

/// <summary>
/// Passes what Akka logs to the log of the application, as one line like every other: time, level and thread are for the application's log to
/// write or not.
/// </summary>
internal sealed class AkkaLog : ActorBase, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private static readonly string[] Goings = ["Association with remote system", "AssociationError", "Tried to associate with unreachable remote address"];

    private readonly ILogger _logger = Context.System.Settings.Setup.Get<LoggerFactorySetup>().Value.LoggerFactory.CreateLogger<ActorSystem>();

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
        var isGoing = IsOfNodeThatGoes(line);
        var level = isGoing ? LogLevel.Information : LevelOf(line);
        if (!_logger.IsEnabled(level))
            return;
        var text = TextOf(line);
        if (isGoing)
            text = text.Split('\n', 2)[0].TrimEnd(); // its reason is an exception with its stack
        PikkuLog.OfAkka(_logger, level, text, line.LogSource, isGoing ? null : line.Cause);
    }

    // The transport warns of every connection that ends or is refused, also by a node that leaves in order; whether a node is missed is for the
    // cluster to say, which does, and one that is not let in says so when the start fails.
    private static bool IsOfNodeThatGoes(LogEvent line) =>
        line.Cause?.GetType().Name is "EndpointDisassociatedException" or "ShutDownAssociation"
        || (line is Warning && Goings.Any(text => TextOf(line).StartsWith(text, StringComparison.Ordinal)));

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
