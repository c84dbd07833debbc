using System.Reflection;

namespace Pikku.Akka.AsyncApi;

/// <summary>The facts about the whole application that an AsyncAPI document states.</summary>
/// <param name="Title">The name of the application.</param>
/// <param name="Version">The version of the application.</param>
internal sealed record AsyncApiInfo(string Title, string Version)
{
    /// <summary>The server that clients connect to; null if it is unknown.</summary>
    public AsyncApiServer? Server { get; init; }

    /// <summary>Reads the title and the version from the assembly.</summary>
    public static AsyncApiInfo Of(Assembly? assembly)
    {
        var version = assembly?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly?.GetName().Version?.ToString();
        // The part after the plus sign identifies the build; it does not change the contract (SemVer 2.0.0 §10).
        return new AsyncApiInfo(assembly?.GetName().Name ?? "application", version?.Split('+')[0] ?? "0.0.0");
    }
}

/// <summary>A server that clients connect to.</summary>
/// <param name="Host">Host and port.</param>
/// <param name="IsSecure">True for TLS.</param>
/// <param name="Path">The path prefix of all routes; may be empty.</param>
internal sealed record AsyncApiServer(string Host, bool IsSecure, string Path = "");
