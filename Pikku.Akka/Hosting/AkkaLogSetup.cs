using Akka.Actor.Setup;
using Microsoft.Extensions.Logging;

namespace Pikku.Akka.Hosting;

/// <summary>Brings the application's log to <see cref="AkkaLog"/>, which Akka constructs by itself.</summary>
/// <param name="loggers">The log of the application.</param>
internal sealed class AkkaLogSetup(ILoggerFactory loggers) : Setup
{
    /// <summary>The log of the application.</summary>
    public ILoggerFactory Loggers { get; } = loggers;
}
