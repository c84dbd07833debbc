namespace Pikku.Akka.Host.Demo;

/// <summary>Who there is while the demo is on.</summary>
internal sealed class DemoUsers(DemoSettings settings)
{
    // Those of Pikku's template, known to everybody.
    private static readonly Dictionary<(string Name, string Password), string> Accounts = new()
    {
        [("demo", "test")] = "user1",
        [("admin", "password")] = "user2",
    };

    /// <summary>Users that need no password.</summary>
    public static IReadOnlyList<string> Names { get; } = ["alice", "bob", "carol", "demo"];

    /// <summary>The user of a name and a password; null when there is none, or the demo is off.</summary>
    public string? Find(string name, string password) => settings.Enabled ? Accounts.GetValueOrDefault((name, password)) : null;
}
