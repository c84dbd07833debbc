using System.Collections.Concurrent;
using System.Net.WebSockets;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.WebSockets;
using Xunit;
using static Pikku.Akka.Tests.Clients.CSharp.TopicScript;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>How the generated client keeps the entries of presence and state topics, shown against a server whose messages the test decides.</summary>
public sealed class KeyedTopicSpec : IAsyncLifetime
{
    private readonly ScriptedServer _server = new();
    private readonly ConcurrentQueue<string> _told = new();
    private PikkuConnection _connection = null!;
    private WebSocket _socket = null!;
    private int _number = 1;

    public Task InitializeAsync()
    {
        _connection = new PikkuConnection(
            new Uri("ws://example.com"), ["action"], _server.Options, Json, (connection, direct) => new BoardsRoute(connection, direct), _ => { });
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _connection.CloseAsync();
        _socket.Dispose();
        _server.Dispose();
    }

    [Fact, Trait("Rule", "P10")]
    public async Task Presence_lists_the_connections_and_tells_each_change_once_and_in_order()
    {
        using var viewers = await ViewersAsync("""["ann","bob"]""", """["1","2"]""");
        var first = viewers.Entries;
        await SendAsync("""{"joined":"ann","key":"3"}""");
        await SendAsync("""{"joined":"bob","key":"2"}"""); // The list may already contain it.
        await SendAsync("""{"updated":"Bob","key":"2"}""");
        await SendAsync("""{"updated":"cy","key":"4"}"""); // Its join has been overwritten.
        await SendAsync("""{"left":"ann","key":"1"}""");
        await SendAsync("""{"left":"nobody","key":"9"}""");
        await SendAsync("""{"moved":"somewhere","key":"2"}"""); // A newer server.
        await SendAsync("""{"joined":"dan","key":"5"}""");

        await Expect(viewers, "2 Bob, 3 ann, 4 cy, 5 dan");
        await ExpectTold("1 Joined ann", "2 Joined bob", "3 Joined ann", "2 Updated Bob", "4 Joined cy", "1 Left ann", "5 Joined dan");
        Assert.Equal(["Bob", "ann", "cy", "dan"], viewers.Infos);
        Assert.Equal(["ann", "bob"], first.Select(entry => entry.Info));
        Assert.Same(viewers.Entries, viewers.Entries);
        Assert.Equal((PikkuLiveStatus.Live, null), (viewers.Status, viewers.Error));
    }

    [Fact, Trait("Rule", "P10")]
    public async Task Connections_with_the_same_info_are_kept_apart()
    {
        using var viewers = await ViewersAsync("""["ann","ann","ann"]""", """["1","2","3"]""");
        await SendAsync("""{"left":"ann","key":"2"}""");

        await Expect(viewers, "1 ann, 3 ann");
        Assert.Equal(["ann"], viewers.Infos);
    }

    [Fact, Trait("Rule", "P11")]
    public async Task The_list_is_right_after_a_replay_in_which_overwritten_changes_are_only_numbers()
    {
        using var viewers = await ViewersAsync("""["ann","ann"]""", """["1","2"]""");
        await TickAsync(_socket, $"a.{++_number}"); // 1 was updated to "busy",
        await SendAsync("""{"updated":"away","key":"1"}"""); // and again.
        await TickAsync(_socket, $"a.{++_number}"); // 3 joined as "ann",
        await SendAsync("""{"left":"ann","key":"3"}"""); // and left.
        await SendAsync("""{"joined":"bob","key":"4"}""");

        await Expect(viewers, "1 away, 2 ann, 4 bob");
        await ExpectTold("1 Joined ann", "2 Joined ann", "1 Updated away", "4 Joined bob");
    }

    [Fact, Trait("Rule", "P10")]
    public async Task A_list_that_is_loaded_again_after_a_loss_tells_the_differences()
    {
        using var viewers = await ViewersAsync("""["ann","bob","cy"]""", """["1","2","3"]""");
        _number = 8;
        await SendAsync("""{"left":"cy","key":"3"}"""); // A hole.
        await ReplyAsync(_socket, "a.1", """ "recovery":"lost","reason":"expired","position":"a.9","snapshot":["dan","ann","Bob"],"keys":["4","1","2"] """);

        await Expect(viewers, "1 ann, 2 Bob, 4 dan");
        await ExpectTold("1 Joined ann", "2 Joined bob", "3 Joined cy", "3 Left cy", "4 Joined dan", "2 Updated Bob");
    }

    [Fact, Trait("Rule", "P10")]
    public async Task Dispose_keeps_the_last_list_and_ends_the_subscription()
    {
        var viewers = await ViewersAsync("""["ann"]""", """["1"]""");
        viewers.Dispose();
        await ExpectUnsubscribeAsync(_socket);

        Assert.Equal((PikkuLiveStatus.Closed, "1 ann"), (viewers.Status, Text(viewers)));
    }

    [Fact, Trait("Rule", "P10")]
    public async Task An_info_that_is_the_default_of_its_type_is_an_info()
    {
        using var numbers = new PikkuPresence<int>(_connection, Topic);
        await OpenAsync("""[0]""", ""","keys":["1"]""");
        await SendAsync("""{"joined":0,"key":"2"}""");
        await Eventually.Holds(() => numbers.Entries.SequenceEqual([new("1", 0), new("2", 0)]), "both are there");
    }

    [Fact, Trait("Rule", "P11")]
    public async Task State_is_the_last_value_of_each_key_and_tells_each_change_once_and_in_order()
    {
        using var cursors = new PikkuEntries<int>(_connection, Topic);
        cursors.Changed += (_, changes) => changes.ToList().ForEach(change => _told.Enqueue($"{change.Key} {(change.IsRemoved ? "removed" : change.Value)}"));
        await OpenAsync("""{"ann":1,"bob":2}""");
        await cursors.WaitUntilLoadedAsync().WaitAsync(Eventually.Patience);
        var first = cursors.Entries;
        await SendAsync("""{"key":"ann","value":3}""");
        await SendAsync("""{"key":"ann","value":3}""");
        await SendAsync("""{"key":"cy","value":0}""");
        await SendAsync("""{"key":"bob","removed":true}""");
        await SendAsync("""{"key":"dan","removed":true}""");
        await SendAsync("""{"key":"ann","moved":1}"""); // A newer server.
        await SendAsync("""{"key":"eve","value":5}""");
        await Eventually.Holds(() => cursors.Entries.ContainsKey("eve"), "all changes have come");

        await ExpectTold("ann 1", "bob 2", "ann 3", "cy 0", "bob removed", "eve 5");
        Assert.Equal([new("ann", 3), new("cy", 0), new("eve", 5)], cursors.Entries);
        Assert.Equal([new("ann", 1), new("bob", 2)], first);
    }

    [Fact, Trait("Rule", "P11")]
    public async Task State_that_is_loaded_again_after_a_loss_has_no_more_what_was_removed()
    {
        using var cursors = new PikkuEntries<int>(_connection, Topic);
        await OpenAsync("""{"ann":1,"bob":2}""");
        _number = 8;
        await SendAsync("""{"key":"ann","value":9}""");
        await ReplyAsync(_socket, "a.1", """ "recovery":"lost","reason":"limit","position":"a.9","snapshot":{"ann":9} """);

        await Eventually.Holds(() => cursors.Entries.SequenceEqual([new("ann", 9)]), "the entries are those of the server");
    }

    private async Task<PikkuPresence<string>> ViewersAsync(string infos, string keys)
    {
        var viewers = new PikkuPresence<string>(_connection, Topic);
        viewers.Changed += (_, changes) => changes.ToList().ForEach(change => _told.Enqueue($"{change.Key} {change.Kind} {change.Info}"));
        await OpenAsync(infos, $",\"keys\":{keys}");
        await viewers.WaitUntilLoadedAsync().WaitAsync(Eventually.Patience);
        return viewers;
    }

    private async Task OpenAsync(string snapshot, string more = "")
    {
        _socket = await _server.AcceptAsync();
        await ReplyAsync(_socket, null, $""" "recovery":"none","position":"a.1","snapshot":{snapshot}{more} """);
    }

    private Task SendAsync(string data) => ScriptedServer.SendAsync(_socket, $$"""{"topic":"{{Topic}}","data":{{data}},"at":"a.{{++_number}}"}""");

    private static Task Expect(PikkuPresence<string> viewers, string text) =>
        Eventually.Holds(() => viewers.Status == PikkuLiveStatus.Live && Text(viewers) == text, $"{text}; is {viewers.Status} {Text(viewers)}");

    // A change is told after it can be seen.
    private Task ExpectTold(params string[] changes) => Eventually.Holds(() => _told.SequenceEqual(changes), $"{string.Join(", ", changes)}; are {string.Join(", ", _told)}");

    private static string Text(PikkuPresence<string> viewers) => string.Join(", ", viewers.Entries.Select(entry => $"{entry.Key} {entry.Info}"));
}
