using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka.Channels;
using Pikku.Akka.Tests.Connections;
using Xunit;

namespace Pikku.Akka.Tests.Channels;

public sealed class ClientDeclarationsSpec
{
    private static readonly ClientFunction<string, bool> Confirm = new("confirm");

    private readonly ClientDeclarations _declarations = new(
        "chat", [MessageDeclaration.Of(typeof(Said)), MessageDeclaration.Of(typeof(int))], [new RemoteDeclaration("confirm", typeof(string), typeof(bool))],
        welcome: typeof(Welcome));

    [Theory]
    [InlineData(typeof(Said))]
    [InlineData(typeof(int))]
    [InlineData(typeof(byte[]))]
    [InlineData(typeof(JsonElement))]
    [InlineData(typeof(JsonElement?))]
    [InlineData(typeof(JsonObject))]
    [InlineData(typeof(JsonArray))]
    [InlineData(typeof(object))]
    [InlineData(typeof(Welcome))]
    public void A_declared_message_binary_data_and_untyped_JSON_may_be_sent(Type type) => _declarations.CheckMessage(type);

    [Theory]
    [InlineData(typeof(string))]
    [InlineData(typeof(long))]
    public void Another_message_is_refused_and_the_error_names_the_fix(Type type)
    {
        var error = Assert.Throws<InvalidOperationException>(() => _declarations.CheckMessage(type));

        Assert.Contains("'chat'", error.Message, StringComparison.Ordinal);
        Assert.Contains($"AddClientMessage<{type.Name}>()", error.Message, StringComparison.Ordinal);
        Assert.Contains("Int32, Said", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_channel_that_declares_no_messages_sends_any() => new ClientDeclarations("c", [], []).CheckMessage(typeof(string));

    [Theory]
    [InlineData("confirm", typeof(string), typeof(bool))]
    [InlineData("confirm", typeof(string), typeof(bool?))]
    [InlineData("confirm", typeof(JsonElement?), typeof(JsonElement))]
    [InlineData("confirm", typeof(JsonObject), typeof(JsonNode))]
    [InlineData("other", typeof(int), typeof(int))]
    public void A_function_of_the_client_is_called_with_its_types(string name, Type input, Type output) =>
        _declarations.CheckFunction(name, input, output);

    [Theory]
    [InlineData(typeof(int), typeof(bool))]
    [InlineData(typeof(string), typeof(string))]
    [InlineData(typeof(NoData), typeof(bool))]
    public void A_call_with_other_types_is_refused(Type input, Type output)
    {
        var error = Assert.Throws<InvalidOperationException>(() => _declarations.CheckFunction("confirm", input, output));

        Assert.Contains("'confirm'", error.Message, StringComparison.Ordinal);
        Assert.Contains("System.String → System.Boolean", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_checks_what_it_sends_and_calls()
    {
        await using var node = await LiveNode.StartAsync(c => c.AddClientMessage<Said>().AddClientFunction(Confirm));
        var connection = await node.ConnectAsync();

        Assert.True(connection.Channel.TrySend(new Said("hello")));
        Assert.Throws<InvalidOperationException>(() => connection.Channel.TrySend("hello"));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await connection.Channel.SendAsync(1));
        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await connection.Channel.InvokeAsync(new ClientFunction<int, bool>("confirm"), 1));

        await connection.ExpectAsync("""{"text":"hello"}""");
    }

    [Fact]
    public async Task TrySend_tells_whether_the_message_was_accepted()
    {
        await using var node = await LiveNode.StartAsync(
            c => c.MapAction("none", () => { }),
            "pikku { outbox.max-size = 2400B, connection.max-message-size = 1KiB, event-hub.max-event-size = 1KiB }");
        var connection = await node.ConnectAsync(stalled: true);

        Assert.True(connection.Channel.TrySend(0));
        var accepted = Enumerable.Range(1, 20).TakeWhile(i => connection.Channel.TrySend(i)).Count();

        Assert.InRange(accepted, 1, 19);
        Assert.False(connection.Channel.IsOpen);
        Assert.False(connection.Channel.TrySend("afterwards"));
    }

    public sealed record Said(string Text);

    public sealed record Welcome(string User);
}
