using System.Text.Json;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Pikku.Akka.EventHub;
using Pikku.Akka.Cluster;
using Pikku.Akka.Sessions;
using Pikku.Akka.Settings;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

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
        new NodeMessage.Answer(EventHubErrorReason.TooLarge, "too large"),
        new NodeMessage.Answer(null, "{}"),
        new NodeMessage.CancelCall(),
        new NodeMessage.ChangeSession(1, null),
        new NodeMessage.ChangeSession(300, "text"),
        new NodeMessage.SessionChanged(1, true, null),
        new NodeMessage.SessionChanged(2, false, "no"),
        new NodeMessage.Progress(-1, 2, 3, 4_000_000_000),
        new NodeMessage.Leaving(),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_message_comes_out_as_it_went_in(int index)
    {
        var sent = Messages[index] with { Request = new RequestId(-4, 2) };
        Assert.Equal(Sized(sent), RoundTrip(sent));
    }

    [Fact]
    public void A_call_and_its_result_come_out_as_they_went_in()
    {
        Assert.Equivalent(Sized(Call), RoundTrip(Call), strict: true);
        // The expiry is sent too, so that the session expires at the same time on both nodes.
        var signedIn = Call with { Token = new TokenEnd(DateTimeOffset.FromUnixTimeSeconds(2_000_000_000), TimeSpan.FromMinutes(5)) };
        Assert.Equal(signedIn.Token, Assert.IsType<NodeMessage.Call>(RoundTrip(signedIn)).Token);
        var returned = new NodeMessage.Returned(true, true, [4, 5], "{}") { Request = new RequestId(1, 9) };
        Assert.Equivalent(Sized(returned), RoundTrip(returned), strict: true);
        var greeting = new NodeMessage.Greeting(true, ["a:1", "b:2"]);
        Assert.Equivalent(Sized(greeting), RoundTrip(greeting), strict: true);
    }

    [Fact, Trait("Rule", "T4")]
    public void What_does_not_fit_into_a_frame_is_refused_and_what_just_does_is_not()
    {
        var encoder = new NodeEncoder(NodeEncoder.Envelope + 1000);
        var overhead = encoder.Encode(new NodeMessage.Answer(null, "")).Body.Length + 1; // a second byte for the length
        Assert.Equal(1000, encoder.Encode(new NodeMessage.Answer(null, new string('x', 1000 - overhead))).Body.Length);

        var error = Assert.Throws<PayloadTooLargeError>(() => encoder.Encode(new NodeMessage.Answer(null, new string('x', 1001 - overhead))));
        Assert.Contains("1001 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_is_not_valid_Unicode_is_refused_where_it_is_sent() =>
        Assert.Throws<InvalidDataException>(() => new NodeEncoder(1 << 20).Encode(new NodeMessage.EndSessions("\ud83d", true)));

    [Fact, Trait("Rule", "T3")]
    public void Requests_of_two_lives_never_have_the_same_id()
    {
        var (one, two) = (new RequestIds(), new RequestIds());
        var ids = Enumerable.Range(0, 100).SelectMany(_ => new[] { one.Next(), two.Next() }).ToArray();
        Assert.Equal(200, ids.Distinct().Count());
    }

    [Fact]
    public void A_message_to_a_connection_comes_out_as_it_went_in()
    {
        var sent = new NodeMessage.Deliver(EventEncoder.EncodeMessage(HubAudience.Channel, "a", 1, JsonSerializerOptions.Web, 1000));
        var got = (NodeMessage.Deliver)RoundTrip(sent);
        Assert.Equal(("a", HubAudience.Channel), (got.Message.Topic, got.Message.Audience));
        Assert.Equal(sent.Message.Message.Kind, got.Message.Message.Kind);
        Assert.Equal(sent.Message.Message.Span.ToArray(), got.Message.Message.Span.ToArray());
    }

    [Fact]
    public void A_message_that_is_cut_off_or_is_none_of_the_table_is_refused()
    {
        var bytes = _serializer.ToBinary(NodeWire.Encode(Call));
        for (var length = 0; length < bytes.Length; length++)
            Assert.IsType<InvalidDataException>(Record.Exception(() => _serializer.FromBinary(bytes[..length], "")));
        Assert.Throws<ArgumentException>(() => _serializer.ToBinary("text"));
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

    private static NodeMessage.Call Call => new("chat", "route 'action:send'", "a", "session", null, [1, 2, 3]) { Request = new RequestId(1, 7) };

    // The receiver counts the same size as the sender.
    private static NodeMessage Sized(NodeMessage message) => message with { Size = NodeWire.Encode(message).Size };

    private object RoundTrip(NodeMessage message)
    {
        var frame = NodeWire.Encode(message) with { Request = message.Request };
        return _serializer.FromBinary(_serializer.ToBinary(frame), _serializer.Manifest(frame));
    }
}
