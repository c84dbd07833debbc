namespace Pikku.Akka.Host.Demo;

/// <summary>The users of the demo.</summary>
internal sealed class DemoUsers(DemoSettings settings)
{
    // The accounts of Pikku's template, which are public.
    private static readonly Dictionary<(string Name, string Password), string> Accounts = new()
    {
        [("demo", "test")] = "user1",
        [("admin", "password")] = "user2",
    };

    /// <summary>Users who need no password.</summary>
    public static IReadOnlyList<string> Names { get; } = ["alice", "bob", "carol", "demo"];

    /// <summary>Returns the user for a name and a password; null if they are wrong or the demo is disabled.</summary>
    public string? Find(string name, string password) => settings.Enabled ? Accounts.GetValueOrDefault((name, password)) : null;
}
