using Xunit;

namespace Pikku.Akka.Tests.Cluster;

public sealed class PlacedContextSpec
{
    private static readonly AsyncLocal<string?> Local = new();

    [Fact]
    public async Task A_placed_function_belongs_to_no_connection_of_its_node_and_sees_nothing_of_what_ran_before()
    {
        await using var nodes = await TwoNodes.StartAsync(
            app => app.WireChannel("c", c =>
            {
                c.AllowAnonymous().MapAction("here", Look);
                c.MapAction("there", FunctionDescriptor.FromDelegate("there", Look));
            }),
            "pikku.function.placement = [\"there=worker\"]");
        var (front, worker) = (await TwoNodes.ConnectAsync(nodes.Front), await TwoNodes.ConnectAsync(nodes.Worker));

        for (var i = 0; i < 50; i++)
        {
            front.Send("""{"action":"there"}""");
            worker.Send("""{"action":"here"}""", """{"action":"there"}""", """{"action":"here"}""");
            await front.ExpectAsync("""{"action":"there","result":"nothing"}""");
            await worker.ExpectAsync(
                """{"action":"here","result":"nothing"}""", """{"action":"there","result":"nothing"}""", """{"action":"here","result":"nothing"}""");
        }
    }

    private static string Look()
    {
        var seen = Local.Value ?? (SynchronizationContext.Current is null ? "nothing" : "a synchronization context");
        Local.Value = "what ran before";
        SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
        return seen;
    }
}
