using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Inspection;

/// <summary>Explanations, traces and recordings over HTTP.</summary>
public sealed class InspectionApiSpec
{
    [Theory]
    [InlineData("explain")]
    [InlineData("recordings")]
    [InlineData("recordings/0123/stop")]
    public async Task Nobody_may_use_it_but_operators(string path)
    {
        await using var lab = await InspectionLab.StartAsync(_ => { });
        using var guest = InspectionLab.NewClient(lab, null);
        using var user = InspectionLab.NewClient(lab, "ann");
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(guest, path, "{}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(user, path, "{}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await user.GetAsync(new Uri("users/ann/trace", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await user.GetAsync(new Uri("recordings/0123", UriKind.Relative))).StatusCode);
    }

    [Theory]
    [InlineData("explain", """{"channel":"lab","user":"ann","action":"none"}""", 404, "echo")]
    [InlineData("explain", """{"channel":"none","user":"ann","action":"echo"}""", 404, "lab")]
    [InlineData("explain", """{"channel":"lab","connection":"c1","action":"echo"}""", 404, "c1")]
    [InlineData("explain", """{"channel":"lab","action":"echo"}""", 422, "user")]
    [InlineData("explain", """{"channel":"lab","user":"ann"}""", 422, "topic")]
    [InlineData("explain", """{"user":"ann","action":"echo"}""", 400, "channel")]
    [InlineData("explain", """{"channel":"lab","user":"ann","action":"echo","foo":1}""", 400, "foo")]
    [InlineData("recordings", """{"connection":"c1"}""", 404, "c1")]
    [InlineData("recordings", """{}""", 422, "user")]
    [InlineData("recordings", """{"user":"ann","seconds":0}""", 422, "seconds")]
    [InlineData("recordings/0123/stop", "", 404, "0123")]
    public async Task A_bad_request_is_answered_with_the_mistake(string path, string body, int status, string part)
    {
        await using var lab = await InspectionLab.StartAsync(_ => { });
        using var http = InspectionLab.NewClient(lab);
        var (answered, text) = await PostAsync(http, path, body);
        Assert.Equal(status, (int)answered);
        Assert.Equal(status, JsonDocument.Parse(text).RootElement.GetProperty("status").GetInt32());
        Assert.Contains(part, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_is_a_stream_of_lines_and_ends_with_its_time()
    {
        await using var lab = await InspectionLab.StartAsync(_ => { });
        using var http = InspectionLab.NewClient(lab);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await http.GetAsync(new Uri("users/ann/trace?seconds=0", UriKind.Relative))).StatusCode);
        using var response = await http.GetAsync(new Uri("users/ann/trace?seconds=2", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.MediaType);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Contains("tracing ann", await lines.ReadLineAsync(), StringComparison.Ordinal);
        using var client = await InspectionLab.ConnectAsync(lab, "ann");
        await client.Ask("""{"action":"echo","id":1,"data":{"text":"private"}}""");
        var all = await lines.ReadToEndAsync().WaitAsync(Eventually.Patience);
        Assert.DoesNotContain("private", all, StringComparison.Ordinal);
        var entries = all.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Contains(entries, entry => entry.GetProperty("direction").GetString() == "in" && entry.GetProperty("name").GetString() == "echo" && entry.GetProperty("outcome").GetString() == "ok");
        Assert.Equal("note", entries[^1].GetProperty("direction").GetString());
    }

    [Fact]
    public async Task A_trace_ends_when_the_server_stops()
    {
        var lab = await InspectionLab.StartAsync(_ => { });
        using var http = InspectionLab.NewClient(lab);
        using var response = await http.GetAsync(new Uri("users/ann/trace", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        await lab.DisposeAsync().AsTask().WaitAsync(Eventually.Patience);
        Assert.Contains("tracing ann", await response.Content.ReadAsStringAsync().WaitAsync(Eventually.Patience), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recording_has_a_state_and_its_file_is_a_scenario()
    {
        await using var lab = await InspectionLab.StartAsync(_ => { });
        using var http = InspectionLab.NewClient(lab);
        var (status, text) = await PostAsync(http, "recordings", """{"user":"ann"}""");
        Assert.Equal(HttpStatusCode.Created, status);
        var id = JsonDocument.Parse(text).RootElement.GetProperty("id").GetString();
        using var client = await InspectionLab.ConnectAsync(lab, "ann");
        var state = await http.GetFromJsonAsync<JsonElement>($"recordings/{id}");
        Assert.True(state.GetProperty("hasBegun").GetBoolean());
        Assert.Equal(lab.Directory.All.Single().Id, state.GetProperty("connection").GetString());
        var (stopped, file) = await PostAsync(http, $"recordings/{id}/stop", "");
        Assert.Equal(HttpStatusCode.OK, stopped);
        Assert.Equal("/lab", PikkuScenario.Parse(file).Steps[0].GetProperty("path").GetString());
    }

    private static async Task<(HttpStatusCode Status, string Body)> PostAsync(HttpClient client, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
