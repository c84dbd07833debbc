using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Inspection;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Inspection;

/// <summary>Explained decisions, compared with what really happens.</summary>
public sealed class ExplainSpec
{
    private static readonly Topic<int, string> s_rooms = new("room:{number}");
    private static int s_runs;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task The_explanation_says_what_happens_to_each_session_at_each_combination_of_gates(bool channelPermission, bool globalPermission)
    {
        // A channel without onConnect, which a read-only session could not call.
        await using var lab = await InspectionLab.StartAsync(_ => { }, pikku: pikku =>
        {
            if (globalPermission)
                pikku.RequirePermission((JsonElement data) => !(data.ValueKind == JsonValueKind.Object && data.TryGetProperty("forbidden", out _)));
            pikku.WireChannel("gates", channel =>
            {
                if (channelPermission)
                    channel.RequirePermission((InspectionLab.User? user) => user?.UserId != "banned");
                for (var gates = 0; gates < 1 << 7; gates++)
                    Map(channel, gates);
            });
        });
        var explainer = lab.Services.GetRequiredService<Explainer>();
        var runs = Volatile.Read(ref s_runs);
        foreach (var name in new[] { "ann", "reader.rooms", "bob.rooms", "admin.rooms+admin", "banned.rooms" })
        {
            if (name.StartsWith("banned", StringComparison.Ordinal) && channelPermission)
                continue; // the upgrade is refused
            using var client = await InspectionLab.ConnectAsync(lab, name, path: "/gates");
            foreach (var gates in Enumerable.Range(0, 1 << 7))
            {
                var data = (gates % 3) switch { 0 => """{"owner":"ann"}""", 1 => """{"owner":"bob","forbidden":1}""", _ => """{"owner":7}""" };
                var explained = await explainer.ExplainAsync(
                    new ExplainRequest("gates", InspectionLab.Of(name).UserId, null, $"a{gates}", null, data), InspectionLab.Operator);
                Assert.Equal(runs, Volatile.Read(ref s_runs)); // no function has run

                var reply = InspectionLab.ErrorOf(await client.Ask($$$"""{"action":"a{{{gates}}}","id":1,"data":{{{data}}}}"""));
                if (reply is null)
                    runs = Volatile.Read(ref s_runs);
                Assert.True(explained.Error == reply, $"{name} at {gates} with {data}: explained {InspectionJson.Write(explained)}, but {reply ?? "allowed"}");
                Assert.Equal(reply is null ? Verdict.Allowed : Verdict.Denied, explained.Verdict);
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("ann")]
    [InlineData("bob.rooms")]
    [InlineData("reader.rooms")]
    public async Task The_explanation_says_what_happens_to_a_subscription(string? name)
    {
        await using var lab = await InspectionLab.StartAsync(_ => { }, pikku: pikku => pikku.WireChannel("gates", channel =>
        {
            for (var gates = 0; gates < 1 << 3; gates++)
            {
                var topic = channel.AddTopic(new Topic<int, string>($"t{gates}:{{number}}")).AllowSubscribe();
                _ = (gates & 1) == 0 ? topic.AllowAnonymous() : topic.RequireSession();
                if ((gates & 2) != 0)
                    topic.RequireScope("rooms");
                if ((gates & 4) != 0)
                    topic.RequirePermission((int number) => number > 5);
            }
        }));
        var explainer = lab.Services.GetRequiredService<Explainer>();
        using var client = await InspectionLab.ConnectAsync(lab, name, path: "/gates");
        var id = lab.Directory.All.Single().Id;
        foreach (var gates in Enumerable.Range(0, 1 << 3))
        {
            foreach (var topic in new[] { $"t{gates}:3", $"t{gates}:9", $"t{gates}:x" })
            {
                var explained = await explainer.ExplainAsync(new ExplainRequest("gates", null, id, null, topic, null), InspectionLab.Operator);
                var reply = InspectionLab.ErrorOf(await client.Ask($$$"""{"action":"pikku-subscribe","id":1,"data":{"topic":"{{{topic}}}"}}"""));
                Assert.True(explained.Error == reply, $"{name} at {topic}: explained {InspectionJson.Write(explained)}, but {reply ?? "allowed"}");
            }
        }
    }

    [Fact]
    public async Task Each_gate_has_its_kind_its_place_and_its_answer()
    {
        await using var lab = await InspectionLab.StartAsync(channel => channel
            .MapAction("do", (InspectionLab.User user) => user.UserId)
            .RequireSession().RequireScope("rooms").RequirePolicy("staff")
            .RequirePermission(PikkuPermission.Any(PikkuPermission.Of("never", () => false), PikkuPermission.Of("isBob", (InspectionLab.User user) => user.UserId == "bob")))
            .RequirePermission(PikkuPermission.Of("fails", bool () => throw new InvalidOperationException("no")))
            .RequirePermission(PikkuPermission.Of("last", () => true)));
        using var client = await InspectionLab.ConnectAsync(lab, "bob.rooms");
        var denied = await ExplainAsync(lab, "bob", "do");
        Assert.Equal(
            ["session channel allows", "session action allows", "readOnly action allows", "scope action allows", "policy action denies", "permission action notAsked", "permission action notAsked", "permission action notAsked"],
            denied.Gates.Select(Line));
        Assert.Equal(("ForbiddenError", "staff", SessionSource.Live, lab.Ids.Single()), (denied.Error, denied.Gates[4].Name, denied.Session, denied.Connection));
        Assert.Contains("Lab.cs", denied.WiredAt, StringComparison.Ordinal);

        using var admin = await InspectionLab.ConnectAsync(lab, "bob.rooms+admin");
        var threw = await lab.Services.GetRequiredService<Explainer>().ExplainAsync(new ExplainRequest("lab", null, lab.Ids.Last(), "action:do", null, null), "op");
        Assert.Equal(["policy action allows", "permission action allows", "permission action threw", "permission action notAsked"], threw.Gates.Skip(4).Select(Line));
        Assert.Equal([("never", GateOutcome.Denies), ("isBob", GateOutcome.Allows)], threw.Gates[5].Parts!.Select(part => (part.Name, part.Outcome)));
        Assert.Equal(("InternalServerError", "fails"), (threw.Error, threw.Gates[6].Name));
        Assert.Equal("InternalServerError", InspectionLab.ErrorOf(await admin.Ask("""{"action":"do","id":1}""")));
    }

    [Fact]
    public async Task A_permission_that_uses_data_needs_the_data()
    {
        await using var lab = await InspectionLab.StartAsync(channel => channel.MapAction("do", (Data data) => data)
            .RequirePermission(PikkuPermission.Of("owner", (Data data, InspectionLab.User user) => data.Owner == user.UserId)));
        using var client = await InspectionLab.ConnectAsync(lab, "ann");
        var unknown = await ExplainAsync(lab, "ann", "do");
        Assert.Equal((Verdict.Unknown, GateOutcome.NeedsInput), (unknown.Verdict, unknown.Gates[^1].Outcome));
        Assert.Equal(Verdict.Allowed, (await ExplainAsync(lab, "ann", "do", """{"owner":"ann"}""")).Verdict);
        Assert.Equal(Verdict.Denied, (await ExplainAsync(lab, "ann", "do", """{"owner":"bob"}""")).Verdict);
        var wrong = await ExplainAsync(lab, "ann", "do", """{"owner":7}""");
        Assert.Equal(("UnprocessableContentError", "input"), (wrong.Error, wrong.Gates[^2].Kind));
        await Assert.ThrowsAsync<UnprocessableContentError>(() => ExplainAsync(lab, "ann", "do", "{"));
    }

    [Fact]
    public async Task Without_a_connection_the_stored_session_is_asked()
    {
        await using var lab = await InspectionLab.StartAsync(channel => channel.MapAction("do", (InspectionLab.User user) => user.UserId).RequireSession().RequireScope("rooms"));
        Assert.Equal((SessionSource.None, "UnauthorizedError"), await SourceAsync());
        await lab.Services.GetRequiredService<IPikkuSessionStore>().SetAsync("ann", InspectionLab.Of("ann.rooms"), default);
        Assert.Equal((SessionSource.Stored, null), await SourceAsync());

        async Task<(SessionSource, string?)> SourceAsync()
        {
            var explained = await ExplainAsync(lab, "ann", "do");
            return (explained.Session, explained.Error);
        }
    }

    [Fact]
    public async Task A_permission_can_change_nothing_while_it_is_explained()
    {
        await using var lab = await InspectionLab.StartAsync(channel => channel.MapAction("do", () => "done").RequirePermission(async (PikkuContext context) =>
        {
            context.Channel.TrySend("sent");
            await context.ClearSessionAsync();
            return true;
        }));
        using var client = await InspectionLab.ConnectAsync(lab, "ann");
        Assert.Equal(GateOutcome.Threw, (await ExplainAsync(lab, "ann", "do")).Gates[^1].Outcome);
        Assert.Equal("""{"action":"echo","id":1,"data":{"text":"a"}}""", await client.Ask("""{"action":"echo","id":1,"data":{"text":"a"}}"""));
        Assert.Equal("ann", lab.Directory.All.Single().Session.Current?.UserId);
    }

    [Fact]
    public async Task A_permission_that_does_not_answer_ends_with_its_deadline_and_others_are_refused_meanwhile()
    {
        using var release = new SemaphoreSlim(0);
        await using var lab = await InspectionLab.StartAsync(
            channel => channel.MapAction("do", () => "done").RequirePermission(async () =>
            {
                await release.WaitAsync();
                return true;
            }),
            "pikku { function.timeout = 500ms, function.blocking-warning = 400ms, watch.explain-parallelism = 1 }");
        var slow = ExplainAsync(lab, "ann", "do");
        var other = await Record.ExceptionAsync(() => ExplainAsync(lab, "ann", "do"));
        var explained = await slow;
        Assert.True(other is TooManyRequestsError, $"{other}");
        Assert.Equal(("RequestTimeoutError", GateOutcome.Threw), (explained.Error, explained.Gates[^1].Outcome));
        release.Release(10);
    }

    [Fact]
    public async Task What_does_not_exist_is_named()
    {
        await using var lab = await InspectionLab.StartAsync(channel => channel.AddTopic(s_rooms).AllowSubscribe());
        var explainer = lab.Services.GetRequiredService<Explainer>();
        await RefusedAsync<NotFoundError>("echo", new ExplainRequest("lab", "ann", null, "none", null, null));
        await RefusedAsync<NotFoundError>("lab", new ExplainRequest("other", "ann", null, "echo", null, null));
        await RefusedAsync<NotFoundError>("none:7", new ExplainRequest("lab", "ann", null, null, "none:7", null));
        await RefusedAsync<NotFoundError>("c1", new ExplainRequest("lab", null, "c1", "echo", null, null));
        await RefusedAsync<UnprocessableContentError>("connection", new ExplainRequest("lab", null, null, "echo", null, null));
        await RefusedAsync<UnprocessableContentError>("topic", new ExplainRequest("lab", "ann", null, null, null, null));

        async Task RefusedAsync<T>(string part, ExplainRequest request) where T : PikkuException =>
            Assert.Contains(part, (await Assert.ThrowsAsync<T>(() => explainer.ExplainAsync(request, "op"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_node_of_the_connection_explains_and_the_log_names_the_operator()
    {
        var (first, second) = await InspectionLab.StartTwoAsync(channel => channel.MapAction("do", (InspectionLab.User user) => user.UserId).RequireScope("rooms"));
        await using var one = first;
        await using var two = second;
        using var client = await InspectionLab.ConnectAsync(first, "ann.rooms");
        var byUser = await ExplainAsync(second, "ann", "do");
        var byId = await second.Services.GetRequiredService<Explainer>().ExplainAsync(new ExplainRequest("lab", null, first.Ids.Single(), "do", null, null), "op");
        Assert.Equal((SessionSource.Live, Verdict.Allowed, first.Ids.Single()), (byUser.Session, byUser.Verdict, byUser.Connection));
        Assert.Equal(byUser.Node, byId.Node);
        Assert.Contains(second.Logs.Entries, entry => entry.Text.Contains("operator had the decision about do of channel lab explained for user ann: Allowed", StringComparison.Ordinal));
    }

    private static string Line(ExplainedGate gate) => $"{gate.Kind} {gate.Place} {char.ToLowerInvariant(gate.Outcome.ToString()[0])}{gate.Outcome.ToString()[1..]}";

    private static Task<Explanation> ExplainAsync(Lab lab, string user, string action, string? data = null) =>
        lab.Services.GetRequiredService<Explainer>().ExplainAsync(new ExplainRequest("lab", user, null, action, null, data), InspectionLab.Operator);

    private static void Map(ChannelBuilder channel, int gates)
    {
        Delegate function = (gates & 3) switch
        {
            0 => (Data data) => { Interlocked.Increment(ref s_runs); },
            1 => (Data data, InspectionLab.User user) => { Interlocked.Increment(ref s_runs); },
            2 => [PikkuFunction(ReadOnly = true)] (Data data) => { Interlocked.Increment(ref s_runs); },
            _ => [PikkuFunction(ReadOnly = true)] (Data data, InspectionLab.User user) => { Interlocked.Increment(ref s_runs); },
        };
        var action = channel.MapAction($"a{gates}", function);
        if ((gates & 4) != 0)
            action.RequireSession();
        if ((gates & 8) != 0)
            action.RequireScope("rooms");
        if ((gates & 16) != 0)
            action.RequirePermission((Data data, InspectionLab.User? user) => data.Owner == user?.UserId);
        if ((gates & 32) != 0)
            action.RequirePolicy("staff");
        if ((gates & 64) != 0)
            action.RequirePermission(PikkuPermission.Any(PikkuPermission.Of("bob", (InspectionLab.User user) => user.UserId == "bob"), PikkuPermission.Of("never", bool () => throw new ConflictError())));
    }

    public sealed record Data(string Owner);
}
