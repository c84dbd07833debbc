using Akka.Actor.Setup;
using Microsoft.Extensions.Logging;

namespace Pikku.Akka.Hosting;

/// <summary>Provides the log of the application to <see cref="AkkaLog"/>, which Akka constructs itself.</summary>
/// <param name="loggers">The log of the application.</param>
internal sealed class AkkaLogSetup(ILoggerFactory loggers) : Setup
{
    /// <summary>The log of the application.</summary>
    public ILoggerFactory Loggers { get; } = loggers;
}
