using Microsoft.Extensions.Logging;

namespace Pikku.Akka.OperatorConsole;

/// <summary>The log messages of the console, with fixed ids.</summary>
internal static partial class ConsoleLog
{
    public const string Category = "Pikku.Akka.Console";

    [LoggerMessage(100, LogLevel.Warning, "The console at {Pattern} is not served: outside of the environment Development it needs an authorization policy, because whoever opens it can act on every user and node. Write MapPikkuConsole(\"{Pattern}\", policy: \"operators\") and register the policy with AddAuthorizationBuilder().AddPolicy(\"operators\", …)")]
    public static partial void NotServed(ILogger logger, string pattern);

    [LoggerMessage(101, LogLevel.Information, "The operator {Operator} (console connection {ChannelId}) carries out {Action} on {Target}")]
    public static partial void Acted(ILogger logger, string @operator, string channelId, string action, string target);

    [LoggerMessage(102, LogLevel.Information, "The console of the operator {Operator} (connection {ChannelId}) is closed: {Reason}")]
    public static partial void Ended(ILogger logger, string @operator, string? channelId, string reason);

    [LoggerMessage(103, LogLevel.Error, "The authorization policy of the console could not be asked about the operator {Operator}, so the console is closed. Its page connects again, and the policy is asked then")]
    public static partial void NotAsked(ILogger logger, string @operator, Exception exception);
}
