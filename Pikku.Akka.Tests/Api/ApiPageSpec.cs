using System.Diagnostics;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Pikku.Akka.Tests.Docs;
using Pikku.Akka.Tests.WebSockets;
using Snippets;
using Xunit;

namespace Pikku.Akka.Tests.Api;

/// <summary>The commands of docs/http-api.md print what the page says.</summary>
public sealed class ApiPageSpec
{
    private static readonly MarkdownPage s_page = MarkdownPage.Open(Repository.PathOf("docs", "http-api.md"));

    [SkippableFact]
    public async Task The_commands_print_what_the_page_says()
    {
        Skip.If(OperatingSystem.IsWindows(), "The commands are for a POSIX shell.");
        await using var lab = await Lab.Start(new LabOptions
        {
            Builder = builder =>
            {
                builder.Services.AddAuthentication("token").AddScheme<AuthenticationSchemeOptions, TokenHandler>("token", null);
                builder.Services.AddAuthorizationBuilder().AddPolicy("operators", policy => policy.RequireRole("operator"));
            },
            App = app => app.MapPikkuApi("operators"),
            Pikku = pikku => pikku.UseSession(principal => principal.Identity?.Name is { } name ? new User(name) : null).WireChannel("chat", ChatApiChannel.Wire),
        });
        using var ann = await TextClient.Connect(lab.Ws("/chat"), options => options.SetRequestHeader("Authorization", "Bearer ann"));
        await ann.Ask("""{"action":"pikku-subscribe","topic":"room:7"}""");
        await ann.Ask("""{"action":"join","text":"Ann"}""");

        var blocks = s_page.Blocks.ToArray();
        var commands = 0;
        for (var i = 0; i < blocks.Length; i++)
        {
            if (blocks[i].Language != "bash")
                continue;
            commands++;
            var output = await RunAsync(blocks[i].Text, lab.Http("/api/pikku").ToString());
            Assert.Matches($"^{Regex.Escape(blocks[i + 1].Text).Replace("…", ".+", StringComparison.Ordinal)}", output);
        }

        Assert.Equal(11, commands);
    }

    private static async Task<string> RunAsync(string command, string api)
    {
        var start = new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["API"] = api;
        start.Environment["TOKEN"] = "operator";
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new SkipException("There is no bash.");
        }

        using (process)
        {
            var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Eventually.Patience);
            var error = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Skip.If(process.ExitCode == 127, "There is no curl.");
            Assert.True(process.ExitCode == 0, error);
            return output;
        }
    }

    private sealed record User(string UserId) : IPikkuSession;

    // The token is the name and the role of the caller.
    private sealed class TokenHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers.Authorization.ToString() is not ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var name])
                return Task.FromResult(AuthenticateResult.NoResult());
            var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, name)], Scheme.Name);
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
        }
    }
}
