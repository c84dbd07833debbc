namespace Pikku.Akka.Tests.Analyzers;

/// <summary>An application around the code of a test.</summary>
internal static class Application
{
    private const string Indent = "        ";

    /// <summary>An application whose one channel is wired by statements that use <c>channel</c>.</summary>
    /// <param name="statements">The statements.</param>
    /// <param name="members">Members of the class around them.</param>
    public static string Wiring(string statements, string members = "") => $$"""
        static class App
        {
            public static readonly Topic<int> Ticks = new("ticks");

            public static Task<int> LoadAsync() => Task.FromResult(1);

            public static ValueTask<int> FindAsync() => new(1);

            {{Indented(members, 4)}}

            public static void Wire(PikkuBuilder pikku) => pikku.WireChannel("chat", channel =>
            {
                {{Indented(statements, 8)}}
            });
        }
        """;

    private static string Indented(string text, int width) => text.Replace("\n", $"\n{Indent[..width]}", StringComparison.Ordinal);
}
