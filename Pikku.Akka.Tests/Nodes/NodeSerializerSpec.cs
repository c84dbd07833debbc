using System.Text.Json;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Pikku.Akka.EventHub;
using Pikku.Akka.Nodes;
using Pikku.Akka.Settings;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Nodes;

public sealed class NodeSerializerSpec : TestKit
{
    private readonly NodeSerializer _serializer;

    public NodeSerializerSpec() => _serializer = new NodeSerializer((ExtendedActorSystem)Sys);

    public static TheoryData<int> Cases => new(Enumerable.Range(0, Messages.Length));

    private static NodeMessage[] Messages { get; } =
    [
        new NodeMessage.CloseChannel("a", CloseCode.TryAgainLater, "later"),
        new NodeMessage.ChangeSubscription("news", "a", true),
        new NodeMessage.ChangePresence("room", "a", "{}"),
        new NodeMessage.ChangePresence("room", "a", null),
        new NodeMessage.EndSessions("ann", true),
        new NodeMessage.GetReport(),
        new NodeMessage.Answer(EventHubError.TooLarge, "too large"),
        new NodeMessage.Answer(null, "{}"),
        new NodeMessage.CancelCall(),
        new NodeMessage.ChangeSession(null),
        new NodeMessage.ChangeSession("text"),
        new NodeMessage.SessionChanged(true),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_message_comes_out_as_it_went_in(int index)
    {
        var sent = Messages[index] with { Request = 42 };
        Assert.Equal(sent, _serializer.FromBinary(_serializer.ToBinary(sent), _serializer.Manifest(sent)));
    }

    [Fact]
    public void A_call_and_its_result_come_out_as_they_went_in()
    {
        Assert.Equivalent(Call, _serializer.FromBinary(_serializer.ToBinary(Call), _serializer.Manifest(Call)), strict: true);
        var returned = new NodeMessage.Returned(true, true, [4, 5], "{}") { Request = 9 };
        Assert.Equivalent(returned, _serializer.FromBinary(_serializer.ToBinary(returned), _serializer.Manifest(returned)), strict: true);
    }

    [Fact]
    public void A_message_to_a_connection_comes_out_as_it_went_in()
    {
        var sent = new NodeMessage.Deliver(EventEncoder.EncodeMessage(HubAudience.Channel, "a", 1, JsonSerializerOptions.Web, 1000));
        var got = (NodeMessage.Deliver)_serializer.FromBinary(_serializer.ToBinary(sent), _serializer.Manifest(sent));
        Assert.Equal(("a", HubAudience.Channel), (got.Message.Topic, got.Message.Audience));
        Assert.Equal(sent.Message.Frame, got.Message.Frame);
    }

    [Fact]
    public void What_is_cut_off_or_unknown_is_refused()
    {
        var bytes = _serializer.ToBinary(Call);
        for (var length = 0; length < bytes.Length; length++)
            Assert.NotNull(Record.Exception(() => _serializer.FromBinary(bytes[..length], _serializer.Manifest(Call))));
        Assert.Throws<ArgumentException>(() => _serializer.FromBinary(bytes, "System.String"));
        Assert.Throws<ArgumentException>(() => _serializer.Manifest("text"));
    }

    [Fact]
    public void A_text_makes_a_session_and_nothing_else()
    {
        var json = JsonSerializerOptions.Web;
        Assert.Equal("bob", SessionText.Parse(SessionText.Of(new TestSession("bob"), json), json)?.UserId);
        Assert.Null(SessionText.Parse($"{typeof(System.Text.StringBuilder).AssemblyQualifiedName}|{{}}", json));
        Assert.Null(SessionText.Parse("No.Such.Type|{}", json));
        Assert.Null(SessionText.Parse($"{typeof(TestSession).AssemblyQualifiedName}|not JSON", json));
        Assert.Null(SessionText.Parse("", json));
    }

    [Fact]
    public void In_a_cluster_no_type_goes_out_by_a_fallback()
    {
        var config = SettingsLoader.Load(null, ["pikku.cluster { host = a.example }"]);
        Assert.False(config.GetBoolean("akka.actor.allow-unregistered-types", true));
        Assert.Equal("cluster", config.GetString("akka.actor.provider"));
    }

    private static NodeMessage.Call Call => new("chat", "route 'action:send'", "a", "session", null, [1, 2, 3]) { Request = 7 };
}
