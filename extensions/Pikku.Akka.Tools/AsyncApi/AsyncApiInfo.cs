using System.Reflection;

namespace Pikku.Akka.AsyncApi;

/// <summary>What a document says of the application as a whole.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Version">The version of the application.</param>
internal sealed record AsyncApiInfo(string Title, string Version)
{
    /// <summary>Where it is reached; null when that is not known.</summary>
    public AsyncApiServer? Server { get; init; }

    /// <summary>As the assembly says it of itself.</summary>
    public static AsyncApiInfo Of(Assembly? assembly)
    {
        var version = assembly?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly?.GetName().Version?.ToString();
        // What stands behind the plus is the build, which is no other contract (SemVer 2.0.0 §10).
        return new AsyncApiInfo(assembly?.GetName().Name ?? "application", version?.Split('+')[0] ?? "0.0.0");
    }
}

/// <summary>A server that clients connect to.</summary>
/// <param name="Host">Host and port.</param>
/// <param name="IsSecure">True for TLS.</param>
/// <param name="Path">What stands in front of all routes; empty for nothing.</param>
internal sealed record AsyncApiServer(string Host, bool IsSecure, string Path = "");
