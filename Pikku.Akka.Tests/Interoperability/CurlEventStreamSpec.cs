using System.Diagnostics;
using Pikku.Akka.Tests.EventStreams;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Interoperability;

/// <summary>An event stream is what curl can read without knowing frames.</summary>
[Trait("Rule", "O5")]
public sealed class CurlEventStreamSpec
{
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)] // Accept-Encoding: deflate, gzip, br, zstd; the stream is not compressed
    public async Task Curl_prints_each_event_as_it_is_published(bool offersCompression)
    {
        var program = ForeignClients.FindCurl();
        await using var lab = await StreamLab.StartAsync();
        string[] offer = offersCompression ? ["--compressed"] : [];
        using var curl = Process.Start(
            new ProcessStartInfo(program, ["--silent", "--show-error", "--fail", "--no-buffer", .. offer, lab.Stream().ToString()]) { RedirectStandardOutput = true })!;
        try
        {
            Assert.StartsWith("retry: ", await NextAsync(curl), StringComparison.Ordinal);
            foreach (var text in (string[])["two words", new string('x', 5000)])
            {
                await lab.PublishAsync("news", text);
                Assert.Equal($$"""data: {"topic":"news","data":"{{text}}"}""", await NextAsync(curl));
            }
        }
        finally
        {
            curl.Kill();
            await curl.WaitForExitAsync();
        }
    }

    private static async Task<string?> NextAsync(Process curl)
    {
        while (true)
        {
            var line = await curl.StandardOutput.ReadLineAsync().WaitAsync(Eventually.Patience);
            if (line is not ("" or ":"))
                return line;
        }
    }
}
