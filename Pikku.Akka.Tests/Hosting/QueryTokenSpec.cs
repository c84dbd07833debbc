using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Hosting;

/// <summary>The token of a browser in the query: found by whoever needs it, written down by nobody.</summary>
public sealed class QueryTokenSpec
{
    private const string Diagnostics = "Microsoft.AspNetCore.Hosting.Diagnostics";
    private const string Secret = "secret-token";

    [Theory]
    [InlineData("/lab?access_token=secret-token", "/lab?access_token=Redacted")]
    [InlineData("/lab?x=1&access_token=secret-token&y=2", "/lab?x=1&access_token=Redacted&y=2")]
    [InlineData("/lab?Access_Token=secret-token", "/lab?Access_Token=Redacted")]
    [InlineData("/lab?access%5Ftoken=secret-token", "/lab?access%5Ftoken=Redacted")]
    [InlineData("/lab?access_token=other&access_token=secret-token", "/lab?access_token=Redacted&access_token=Redacted")]
    [InlineData("/nowhere?access_token=secret-token", "/nowhere?access_token=Redacted")]
    public async Task Is_masked_in_the_log_of_requests_which_the_configuration_alone_turns_on_and_off(string path, string logged)
    {
        var traced = new List<string>();
        await using var lab = await Lab.Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (traced)
                    traced.AddRange(activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"));
            },
        };
        ActivitySource.AddActivityListener(listener);

        await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest(path));
        await lab.Holds(0);
        await Eventually.Holds(() => lab.Logs.Entries.Any(e => e.Category == Diagnostics && e.Text.Contains("Request finished", StringComparison.Ordinal)), "the request is logged");

        var lines = lab.Logs.Entries.Where(e => e.Category == Diagnostics && e.Level == LogLevel.Information).ToArray();
        Assert.Contains(lines, e => e.Text.Contains("Request starting", StringComparison.Ordinal) && e.Text.Contains(logged, StringComparison.Ordinal));
        Assert.Contains(lines, e => e.Text.Contains("Request finished", StringComparison.Ordinal) && e.Text.Contains(logged, StringComparison.Ordinal));
        Assert.DoesNotContain(lab.Logs.Entries, e => e.Text.Contains(Secret, StringComparison.Ordinal));
        lock (traced)
            Assert.DoesNotContain(traced, tag => tag.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Configuration_decides_whether_requests_are_logged()
    {
        await using var quiet = await Lab.Start(new LabOptions { Builder = b => b.Configuration[$"Logging:LogLevel:{Diagnostics}"] = "Warning" });
        await using var lab = await Lab.Start(new LabOptions { Builder = b => b.Configuration[$"Logging:LogLevel:{Diagnostics}"] = "Information" });

        Assert.False(quiet.Services.GetRequiredService<ILoggerFactory>().CreateLogger(Diagnostics).IsEnabled(LogLevel.Information));
        Assert.True(lab.Services.GetRequiredService<ILoggerFactory>().CreateLogger(Diagnostics).IsEnabled(LogLevel.Information));
    }

    [Fact]
    public async Task Is_there_for_the_application()
    {
        var seen = new TaskCompletionSource<(string? Parameter, string Query, string Target)>();
        await using var lab = await Lab.Start(new LabOptions
        {
            App = app => app.Use((context, next) =>
            {
                seen.TrySetResult((context.Request.Query["access_token"], context.Request.QueryString.Value!, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget));
                return next();
            }),
        });

        await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest("/lab?access_token=a%2Fb&x=1"));

        Assert.Equal(("a/b", "?access_token=a%2Fb&x=1", "/lab?access_token=a%2Fb&x=1"), await seen.Task.WaitAsync(Eventually.Patience));
    }

    [Fact]
    public async Task Leaves_a_factory_of_contexts_that_the_application_has_to_its_work()
    {
        var own = new CountingFactory();
        await using var lab = await Lab.Start(new LabOptions { Builder = b => b.Services.AddSingleton<IHttpContextFactory>(provider => own.Over(provider)) });

        await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest("/lab?access_token=secret-token"));

        Assert.Equal("?access_token=Redacted", own.Query);
    }

    private sealed class CountingFactory : IHttpContextFactory
    {
        private DefaultHttpContextFactory? _inner;

        public string? Query { get; private set; }

        public CountingFactory Over(IServiceProvider services)
        {
            _inner = new DefaultHttpContextFactory(services);
            return this;
        }

        public HttpContext Create(IFeatureCollection featureCollection)
        {
            Query = featureCollection.GetRequiredFeature<IHttpRequestFeature>().QueryString;
            return _inner!.Create(featureCollection);
        }

        public void Dispose(HttpContext httpContext) => _inner!.Dispose(httpContext);
    }
}
