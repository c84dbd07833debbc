using Microsoft.Extensions.Logging;

namespace Pikku.Akka.OperatorConsole;

/// <summary>The log messages of the console, with fixed ids.</summary>
internal static partial class ConsoleLog
{
    public const string Category = "Pikku.Akka.Console";

    [LoggerMessage(100, LogLevel.Warning, "The console at {Pattern} is not served: outside of the environment Development it needs an authorization policy, because whoever opens it can act on every user and node. Write MapPikkuConsole(\"{Pattern}\", policy: \"operators\") and register the policy with AddAuthorizationBuilder().AddPolicy(\"operators\", …)")]
    public static partial void NotServed(ILogger logger, string pattern);

    [LoggerMessage(101, LogLevel.Information, "An operator of the console (connection {ChannelId}) carries out {Action} on {Target}")]
    public static partial void Acted(ILogger logger, string channelId, string action, string target);
}
