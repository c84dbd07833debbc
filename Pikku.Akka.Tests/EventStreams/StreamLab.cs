using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.EventStreams;

/// <summary>Nodes whose channel <c>live</c> has a topic and a family of topics that anybody may subscribe to, and topics that refuse in different ways.</summary>
internal static class StreamLab
{
    public static readonly Topic<JsonElement> News = new("news");

    public static readonly Topic<Place, JsonElement> Rooms = new("room:{number}");

    public static Task<Lab> StartAsync(string hocon = "", Version? version = null, Action<LabOptionsBuilder>? more = null)
    {
        var options = new LabOptionsBuilder();
        more?.Invoke(options);
        return Lab.Start(new LabOptions
        {
            Hocon = hocon,
            Builder = builder =>
            {
                // Without TLS a port serves one version of HTTP, because the version cannot be negotiated.
                if (version?.Major == 2)
                    builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2));
                options.Builder?.Invoke(builder);
            },
            App = app => options.App?.Invoke(app),
            Pikku = pikku => (options.Pikku?.Invoke(pikku) ?? pikku).WireEvents("live", events =>
            {
                events.AllowAnonymous();
                events.AddTopic(News);
                events.AddTopic(Rooms);
                events.AddTopic(new Topic<int>("members")).RequireSession();
                events.AddTopic(new Topic<int>("denied")).RequirePermission(() => false);
                events.AddTopic(new Topic<int>("broken")).RequirePermission(bool () => throw new InvalidOperationException("secret"));
                events.AddTopic(new Topic<int>("stuck")).RequirePermission(async (CancellationToken cancel) =>
                {
                    await Task.Delay(Timeout.Infinite, cancel);
                    return true;
                });
                events.AddTopic(new Topic<int>("skipped")).UseMiddleware((_, _) => default);
                options.Events?.Invoke(events);
            }),
        });
    }

    public static Uri Stream(this Lab lab, string topic = "news") => lab.Http($"/live/{topic}");

    public static Task<EventStreamClient> OpenAsync(this Lab lab, string topic = "news", Version? version = null, params (string, string)[] headers) =>
        EventStreamClient.OpenAsync(lab.Stream(topic), version, headers);

    public static async Task PublishAsync<T>(this Lab lab, string topic, T data) =>
        await lab.Services.GetRequiredService<IEventHub>().PublishAsync(new Topic<JsonElement>(topic), JsonSerializer.SerializeToElement(data));

    /// <summary>Waits until no connection is left.</summary>
    public static Task IsEmptyAsync(this Lab lab) => lab.HasAsync(0);

    /// <summary>Waits until only the given number of streams is left, and asserts that nothing failed in the server.</summary>
    public static async Task HasAsync(this Lab lab, int streams)
    {
        await Eventually.Holds(async () => lab.Directory.Count == streams && await lab.Actors() == streams, $"{streams} streams");
        Assert.Empty(lab.Logs.Accidents);
    }

    public sealed record Place(int Number);

    /// <summary>What a test adds.</summary>
    public sealed class LabOptionsBuilder
    {
        public Action<WebApplicationBuilder>? Builder { get; set; }

        public Action<WebApplication>? App { get; set; }

        public Action<EventsBuilder>? Events { get; set; }

        public Func<PikkuBuilder, PikkuBuilder>? Pikku { get; set; }
    }
}
