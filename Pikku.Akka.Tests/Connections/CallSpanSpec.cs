using System.Collections.Concurrent;
using System.Diagnostics;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

public sealed class CallSpanSpec
{
    [Fact]
    public async Task A_call_has_its_own_span_that_is_current_in_all_of_its_code_and_ends_with_it()
    {
        var stopped = new ConcurrentQueue<Activity>();
        var name = $"spans{Guid.NewGuid():N}";
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Pikku.Akka",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.OperationName.StartsWith(name, StringComparison.Ordinal))
                    stopped.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        var current = new ConcurrentQueue<(string Place, string? Id)>();
        void Note(string place) => current.Enqueue((place, Activity.Current?.Id));
        await using var node = await LiveNode.StartAppAsync(app => app.WireChannel(name, c =>
        {
            c.AllowAnonymous().MapAction("plain", () => Note("plain"));
            c.MapAction("fails", string () => throw new NotFoundError());
            c.MapAction("layered", async () =>
            {
                Note("function");
                await Task.Yield();
                Note("function");
            }).UseMiddleware(async (_, next) =>
            {
                Note("middleware");
                await next();
                Note("middleware");
            });
        }));
        var connection = await node.ConnectAsync();
        using var upgrade = new Activity("upgrade").Start();

        connection.Send("""{"action":"plain"}""", """{"action":"plain"}""", """{"action":"fails"}""", """{"action":"layered"}""");
        await connection.ExpectAsync("""{"action":"plain"}""", """{"action":"plain"}""");
        Assert.Contains("NotFoundError", await connection.NextAsync(), StringComparison.Ordinal);
        await connection.ExpectAsync("""{"action":"layered"}""");
        await connection.WhenIdleAsync();

        Assert.Equal([$"{name}/plain", $"{name}/plain", $"{name}/fails", $"{name}/layered"], stopped.Select(a => a.OperationName));
        Assert.All(stopped, a => Assert.Null(a.Parent));
        Assert.All(stopped, a => Assert.Equal(ActivityKind.Server, a.Kind));
        Assert.Equal(ActivityStatusCode.Error, stopped.ElementAt(2).Status);
        Assert.Equal(4, stopped.Select(a => a.TraceId).Distinct().Count());
        var spans = stopped.Select(a => a.Id).ToArray();
        Assert.Equal([spans[0], spans[1]], current.Where(c => c.Place == "plain").Select(c => c.Id));
        // Middleware has a span of its own, which stays current in what it wraps.
        var layered = current.Where(c => c.Place is "function" or "middleware").ToArray();
        Assert.Equal(["middleware", "function", "function", "middleware"], layered.Select(c => c.Place));
        Assert.Single(layered.Select(c => c.Id).Distinct());
        Assert.StartsWith($"00-{stopped.ElementAt(3).TraceId}-", layered[0].Id, StringComparison.Ordinal);
        Assert.DoesNotContain(layered[0].Id, spans);
    }
}
