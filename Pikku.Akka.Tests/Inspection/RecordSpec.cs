using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Inspection;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Inspection;

/// <summary>Recorded connections, which the player of the test kit plays again.</summary>
public sealed class RecordSpec
{
    private static readonly Topic<Note> s_notes = new("notes");

    [Theory]
    [InlineData("pikku.v1")]
    [InlineData(null)]
    public async Task A_recorded_conversation_passes_against_a_fresh_host(string? subprotocol)
    {
        string file;
        await using (var lab = await StartLabAsync())
        {
            using var http = InspectionLab.NewClient(lab);
            var id = await StartAsync(http, """{"user":"ann"}""");
            using (var client = await InspectionLab.ConnectAsync(lab, "ann", subprotocol, "/notes"))
            {
                await client.Receive(); // the welcome
                await client.Ask("""{"action":"pikku-subscribe","id":1,"topic":"notes","data":{"topic":"notes"}}""");
                var created = JsonDocument.Parse((await client.Ask("""{"action":"create","id":2,"text":"buy milk","data":{"text":"buy milk"}}"""))!).RootElement;
                var note = created.TryGetProperty("data", out var data) ? data : created;
                var noteId = note.GetProperty("id").GetString();
                await client.Receive(); // the event
                await client.Ask($$$"""{"action":"read","id":3,"noteId":"{{{noteId}}}","data":{"noteId":"{{{noteId}}}"}}""");
                await client.Ask("""{"action":"login","id":4,"password":"hunter2","data":{"password":"hunter2"}}""");
                await client.Ask("""{"action":"read","id":5,"noteId":"none","data":{"noteId":"none"}}""");
                await client.Ask("not JSON, but my password is hunter2");
                await client.Close();
            }

            await Eventually.Holds(async () => (await http.GetFromJsonAsync<JsonElement>($"recordings/{id}")).TryGetProperty("ended", out _), "the recording has ended");
            using var stopped = await http.PostAsync($"recordings/{id}/stop", null);
            file = await stopped.Content.ReadAsStringAsync();
            Assert.Contains(lab.Logs.Entries, entry => entry.Text.Contains("operator records a connection of ann", StringComparison.Ordinal));
        }

        Assert.DoesNotContain("hunter2", file, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", file, StringComparison.Ordinal);
        await PlayAsync(file);

        // A host that behaves otherwise does not pass.
        await Assert.ThrowsAsync<PikkuExpectationException>(() => PlayAsync(file.Replace("\"text\": \"buy milk\"", "\"text\": \"buy beer\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_open_connection_is_recorded_from_now_on()
    {
        await using var lab = await StartLabAsync();
        using var client = await InspectionLab.ConnectAsync(lab, "ann", path: "/notes");
        await client.Receive();
        await client.Ask("""{"action":"echo","id":1,"data":{"text":"before"}}""");
        var recorder = lab.Services.GetRequiredService<Recorder>();
        var state = await recorder.StartAsync(null, lab.Directory.All.Single().Id, null, "op");
        Assert.True(state.HasBegun);
        await Assert.ThrowsAsync<ConflictError>(() => recorder.StartAsync(null, lab.Directory.All.Single().Id, null, "op"));
        await client.Ask("""{"action":"echo","id":2,"data":{"text":"after"}}""");
        var file = await recorder.StopAsync(state.Id, "op");
        Assert.Null(lab.Directory.All.Single().Outbox.Watch);
        Assert.DoesNotContain("before", file, StringComparison.Ordinal);
        Assert.Contains("after", file, StringComparison.Ordinal);
        await PlayAsync(file);
        Assert.Equal(file, await recorder.StopAsync(state.Id, "op"));
    }

    [Fact]
    public async Task A_connection_of_another_node_is_recorded_there_and_read_here()
    {
        var (first, second) = await InspectionLab.StartTwoAsync(_ => { }, AddNotes);
        await using var one = first;
        await using var two = second;
        var recorder = first.Services.GetRequiredService<Recorder>();
        var byUser = await recorder.StartAsync("ann", null, null, "op");
        using var client = await InspectionLab.ConnectAsync(second, "ann", path: "/notes");
        await client.Receive();
        using var bob = await InspectionLab.ConnectAsync(second, "bob", path: "/notes");
        await bob.Receive();
        var byId = await recorder.StartAsync(null, second.Directory.OfUser("bob").Single().Id, TimeSpan.FromSeconds(30), "op");
        await bob.Ask("""{"action":"echo","id":1}""");
        var large = new string('x', 100_000);
        await client.Ask($$$"""{"action":"echo","id":2,"data":{"text":"{{{large}}}"}}""");
        Assert.True((await recorder.FindAsync(byUser.Id)).HasBegun);
        var file = await recorder.StopAsync(byUser.Id, "op");
        Assert.Contains(large, file, StringComparison.Ordinal); // in several parts
        Assert.Equal(["open", "skim", "send", "expect"], PikkuScenario.Parse(await recorder.StopAsync(byId.Id, "op")).Steps.Select(step => step.EnumerateObject().First().Name));
        await PlayAsync(file);
    }

    [Fact]
    public async Task A_recording_is_bounded_in_size_time_and_number()
    {
        await using var lab = await StartLabAsync("pikku.watch { duration = 1s, max-recordings = 2, max-recording-size = 1000B }");
        using var client = await InspectionLab.ConnectAsync(lab, "ann", path: "/notes");
        await client.Receive();
        var recorder = lab.Services.GetRequiredService<Recorder>();
        var full = await recorder.StartAsync(null, lab.Directory.All.Single().Id, TimeSpan.FromHours(1), "op");
        var waiting = await recorder.StartAsync("bob", null, null, "op");
        await Assert.ThrowsAsync<TooManyRequestsError>(() => recorder.StartAsync("bob", null, null, "op"));
        for (var i = 0; i < 10; i++)
            await client.Ask("""{"action":"echo","id":2,"data":{"text":"some text"}}""");
        var state = await recorder.FindAsync(full.Id);
        Assert.Contains("max-recording-size", state.Ended, StringComparison.Ordinal);
        Assert.True(state.Size <= 1000);
        await Eventually.Holds(async () => (await Record.ExceptionAsync(() => recorder.FindAsync(waiting.Id))) is NotFoundError, "recordings are dropped");
        Assert.Null(lab.Directory.UserMoved);
        await Assert.ThrowsAsync<NotFoundError>(() => recorder.StartAsync(null, "c1", null, "op"));
        await Assert.ThrowsAsync<UnprocessableContentError>(() => recorder.StartAsync(null, null, null, "op"));
    }

    [Theory]
    [InlineData("""{"password":"x","user":"ann"}""", """{"password":"***","user":"ann"}""")]
    [InlineData("""{"a":[{"API-Key":{"v":1}}],"newPassword":7}""", """{"a":[{"API-Key":"***"}],"newPassword":"***"}""")]
    [InlineData("""{"text":"Bearer abcdefgh12345678"}""", """{"text":"***"}""")]
    [InlineData("""{"text":"x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln y"}""", """{"text":"x *** y"}""")]
    [InlineData("""{"text":"plain","n":null}""", """{"text":"plain","n":null}""")]
    public void Secrets_in_JSON_are_masked(string json, string masked)
    {
        var changed = false;
        var node = new SecretMask(["password", "token", "api_key"]).Json(JsonNode.Parse(json), ref changed);
        Assert.Equal(masked, node!.ToJsonString());
        Assert.Equal(json != masked, changed);
    }

    [Theory]
    [InlineData("n7CFkOksNfXGNHaYHJUH7g", true)]
    [InlineData("mpm-vgTFTndPvfJ_dNTwQg", true)] // without a digit
    [InlineData("node1.mpm-vgTFTndPvfJ_dNTwQg", true)]
    [InlineData("order-2026-0017", true)]
    [InlineData("notes:created", false)]
    [InlineData("delivered-to-the-wrong-door", false)]
    [InlineData("deliveredToTheDoor", false)]
    [InlineData("Buy milk and cheese for mom", false)]
    public void Ids_are_told_from_other_texts(string text, bool isId) => Assert.Equal(isId, ScenarioWriter.IsRandom(text));

    private static async Task<string> StartAsync(HttpClient http, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync("recordings", content);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private static async Task PlayAsync(string file)
    {
        await using var host = await PikkuTestHost.StartAsync(
            pikku =>
            {
                InspectionLab.Wire(pikku);
                AddNotes(pikku);
            },
            new PikkuTestOptions { Services = InspectionLab.AddCallers });
        await PikkuScenario.Parse(file).PlayAsync(host, user => user);
    }

    private static Task<Lab> StartLabAsync(string hocon = "") => InspectionLab.StartAsync(_ => { }, hocon, AddNotes);

    private static void AddNotes(PikkuBuilder pikku) => pikku.WireChannel("notes", Wire);

    private static void Wire(ChannelBuilder channel)
    {
        channel.MapAction("echo", (Lab.Said said) => said);
        channel.AddTopic(s_notes).AllowSubscribe().WithHistory(10);
        channel.OnConnect((IPikkuChannel connection) => new { welcome = true, connection = connection.Id, at = DateTimeOffset.UtcNow });
        channel.MapAction("create", async (NewNote note, PikkuContext context) =>
        {
            var created = new Note($"{Guid.NewGuid()}", note.Text, ["a", "b"]);
            await context.EventHub.PublishAsync(s_notes, created);
            return created;
        });
        channel.MapAction("read", (ReadNote read) => read.NoteId == "none" ? throw new NotFoundError() : new Note(read.NoteId, "found", []));
        channel.MapAction("login", (Login login) => new { sessionToken = $"eyJ{login.Password}", ok = true });
        channel.OnMessage((string text) => text.Length > 0);
    }

    public sealed record NewNote(string Text);

    public sealed record ReadNote(string NoteId);

    public sealed record Login(string Password);

    public sealed record Note(string Id, string Text, string[] Tags);
}
