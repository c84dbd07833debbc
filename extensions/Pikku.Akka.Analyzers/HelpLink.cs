using System.Reflection;

namespace Pikku.Akka.Analyzers;

/// <summary>The addresses of the pages of the rules.</summary>
internal static class HelpLink
{
    // The build knows the address of the repository that it was cloned from. Without one the link is the path of the page, which the package has too.
    private static readonly string s_root = typeof(HelpLink).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(attribute => attribute.Key == "RepositoryUrl")?.Value is { } address
        ? $"{(address.EndsWith(".git", StringComparison.Ordinal) ? address.Substring(0, address.Length - ".git".Length) : address)}/blob/main/"
        : "";

    /// <summary>The address of the page of a rule.</summary>
    /// <param name="id">The id of the rule.</param>
    public static string Of(string id) => $"{s_root}docs/analyzers/{id}.md";
}
