using System.Text.RegularExpressions;
using Xunit;

namespace Pikku.Akka.Tests.Docs;

/// <summary>The configuration files in the how-to guides can be parsed, and fit the defaults of the library.</summary>
public sealed partial class ConfigurationFilesSpec
{
    [Fact]
    public void The_configuration_of_nginx_passes_upgrades_on_and_outlives_the_pings()
    {
        var directives = ParseNginx(BlockOf("proxy.md", "nginx"));

        Assert.Contains("http://server/location /:proxy_http_version 1.1", directives);
        Assert.Contains("http://server/location /:proxy_set_header Upgrade $http_upgrade", directives);
        Assert.Contains("http://server/location /:proxy_set_header Connection $connection_upgrade", directives);
        var timeout = Seconds(Assert.Single(directives, directive => directive.Contains(":proxy_read_timeout ", StringComparison.Ordinal)));
        Assert.True(timeout > Setting("connection", "ping-interval"), $"nginx ends a silent connection after {timeout} s.");
    }

    [Fact]
    public void The_configuration_of_Caddy_has_a_block_for_each_brace()
    {
        var depth = 0;
        foreach (var line in BlockOf("proxy.md", "caddyfile").Split('\n').Select(line => line.TrimEnd()))
        {
            if (line.Trim() == "}")
                depth--;
            // A tab for each level is the format of "caddy fmt".
            Assert.Equal(depth, line.TakeWhile(c => c == '\t').Count());
            if (line.EndsWith(" {", StringComparison.Ordinal))
                depth++;
        }

        Assert.Equal(0, depth);
    }

    /// <summary>The directives, each with the blocks that it is in. Fails if the text does not follow the grammar of nginx.</summary>
    private static List<string> ParseNginx(string text)
    {
        var blocks = new Stack<string>(["http:/"]);
        var (directives, words) = (new List<string>(), new List<string>());
        foreach (var token in NginxToken().Matches(text).Select(match => match.Value).Where(token => !token.StartsWith('#')))
            switch (token)
            {
                case "{":
                    blocks.Push(string.Join(' ', words));
                    words.Clear();
                    break;
                case "}":
                    Assert.Empty(words); // a directive without a semicolon
                    blocks.Pop();
                    break;
                case ";":
                    Assert.NotEmpty(words);
                    directives.Add($"{string.Join('/', blocks.Reverse())}:{string.Join(' ', words)}");
                    words.Clear();
                    break;
                default:
                    words.Add(token);
                    break;
            }

        Assert.Empty(words);
        Assert.Single(blocks);
        return directives;
    }

    private static string BlockOf(string guide, string language) =>
        MarkdownPage.Open(Repository.PathOf("docs", "how-to", guide)).Blocks.Single(block => block.Language == language).Text;

    private static int Setting(string section, string key) => Seconds(
        Regex.Match(File.ReadAllText(Repository.PathOf("hocon", "reference.conf")), $$"""^  {{section}} \{.*?^    {{key}} = (\d+s)$""", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value);

    private static int Seconds(string text) => int.Parse(Regex.Match(text, "([0-9]+)s$").Groups[1].Value);

    [GeneratedRegex(@"#[^\n]*|'[^']*'|[{};]|[^\s{};']+")]
    private static partial Regex NginxToken();
}
