using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.AsyncApi;

/// <summary>The documents of small wirings.</summary>
public sealed class AsyncApiDocumentSpec
{
    private const string Messages = "channels/c/messages";

    [Fact]
    public void Describes_the_application()
    {
        var document = JsonNode.Parse(Documents.Text(app => app.WireChannel("c", c => c.MapAction("a", () => 1)), Documents.Info with { Server = new("example.com:8080", true, "/api") }))!;
        document.AssertAt("asyncapi", "\"3.0.0\"");
        document.AssertAt("info/title", "\"app\"");
        document.AssertAt("info/version", "\"1.2.3\"");
        document.AssertAt("defaultContentType", "\"application/json\"");
        document.AssertAt("servers/default", """{"host":"example.com:8080","protocol":"wss","pathname":"/api"}""");
    }

    [Fact]
    public void An_action_is_a_receive_operation_whose_message_and_reply_are_enveloped()
    {
        var document = Documents.OfAction((Named input) => new Named(input.Name));
        document.AssertAt("operations/c_a/action", "\"receive\"");
        document.AssertAt("operations/c_a/messages", """[{"$ref":"#/channels/c/messages/a"}]""");
        document.AssertAt("operations/c_a/reply/messages/0", """{"$ref":"#/channels/c/messages/a_reply"}""");
        document.AssertAt($"{Messages}/a/payload",
            """{"type":"object","properties":{"action":{"type":"string","const":"a"},"id":{"type":["string","number"]},"data":{"$ref":"#/components/schemas/Named"}},"required":["action","data"]}""");
        document.AssertAt($"{Messages}/a/correlationId", """{"$ref":"#/components/correlationIds/id"}""");
        document.AssertAt("components/correlationIds/id/location", "\"$message.payload#/id\"");
    }

    [Fact]
    public void Simple_parameters_are_properties_of_the_data()
    {
        var document = Documents.OfAction(([Range(1, 9)] int id, string? note, int limit = 5) => id);
        document.AssertAt($"{Messages}/a/payload/properties/data/properties",
            """{"id":{"type":"integer","format":"int32","minimum":1,"maximum":9},"note":{"type":["string","null"]},"limit":{"type":"integer","format":"int32","default":5}}""");
        document.AssertAt($"{Messages}/a/payload/properties/data/required", """["id"]""");
    }

    [Fact]
    public void A_subscription_is_an_operation_with_the_key_of_its_topic()
    {
        var document = Documents.Of(c => c.AddTopic(new Topic<BoardKey, int>("board:{boardId}")).AllowSubscribe().RequireSession());
        const string operation = "operations/c_subscribe_board_boardId";
        document.AssertAt($"{operation}/action", "\"receive\"");
        Assert.NotNull(document.At($"{operation}/security/0"));
        document.AssertAt($"{operation}/x-pikku/topicKey", """{"$ref":"#/components/schemas/BoardKey"}""");
        document.AssertAt("components/schemas/BoardKey/properties/boardId", """{"type":"integer","format":"int32","minimum":1,"maximum":9}""");
        document.AssertAt("operations/c_pikku_unsubscribed/action", "\"send\"");
        document.AssertAt("operations/c_pikku_unsubscribe/reply/messages/0", """{"$ref":"#/channels/c/messages/PikkuUnsubscribeReply"}""");
        Assert.Null(Documents.Of(c => c.AddTopic(new Topic<int>("closed"))).At("operations/c_pikku_unsubscribe"));
    }

    [Fact]
    [Trait("Rule", "P2")]
    [Trait("Rule", "P4")]
    public void A_topic_with_history_has_positions_and_a_snapshot()
    {
        var document = Documents.Of(c =>
            c.AddTopic(new Topic<BoardKey, int>("board:{boardId}")).AllowSubscribe().WithHistory(10, TimeSpan.FromMinutes(1)).WithSnapshot((BoardKey key) => new Named($"{key}")));
        const string facts = "operations/c_subscribe_board_boardId/x-pikku";
        document.AssertAt($"{facts}/history", """{"maxEvents":10,"maxAgeSeconds":60}""");
        document.AssertAt($"{facts}/snapshot", """{"$ref":"#/components/schemas/Named"}""");
        Assert.NotNull(document.At($"{Messages}/subscribe_board_boardId/payload/properties/data/properties/since"));
        const string reply = $"{Messages}/subscribe_board_boardId__reply/payload/properties/data/properties";
        document.AssertAt($"{reply}/recovery/enum", """["none","complete","lost"]""");
        document.AssertAt($"{reply}/reason/enum", """["expired","limit","unknown"]""");
        document.AssertAt($"{reply}/snapshot", """{"$ref":"#/components/schemas/Named"}""");
        Assert.NotNull(document.At($"{reply}/position"));
        Assert.NotNull(document.At($"{reply}/replayed"));
        Assert.NotNull(document.At($"{Messages}/board_boardId/payload/properties/at"));
        document.AssertAt("operations/c_pikku_position/action", "\"send\"");

        var plain = Documents.Of(c => c.AddTopic(new Topic<int>("plain")).AllowSubscribe()).ToJsonString();
        foreach (var name in (string[])["position", "since", "at", "snapshot"])
            Assert.DoesNotContain($"\"{name}\"", plain, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "O5")]
    public void The_event_streams_of_a_channel_are_a_channel_with_the_address_and_the_server_of_HTTP()
    {
        var document = JsonNode.Parse(Documents.Text(
            app => app.WireChannel("c", c => c.MapAction("a", () => 1)).WireEvents("live", events =>
            {
                events.Route("/t/{tenant}/live");
                events.AddTopic(new Topic<Named>("news")).AllowAnonymous();
                events.AddTopic(new Topic<int, byte[]>("image:{id}"));
            }),
            Documents.Info with { Server = new("example.com", true) }))!;

        document.AssertAt("channels/live_streams/address", "\"/t/{tenant}/live/{topic}\"");
        document.AssertAt("channels/live_streams/x-pikku", """{"channel":"live","eventStreams":true}""");
        document.AssertAt("channels/live_streams/parameters/tenant", "{}");
        document.AssertAt(
            "channels/live_streams/parameters/topic", """{"description":"The name of a topic, percent-encoded as one segment of the path: `news`, `image:{id}`."}""");
        document.AssertAt("channels/live_streams/messages/news/payload/properties/data", """{"$ref":"#/components/schemas/Named"}""");
        document.AssertAt("channels/live_streams/messages/image_id/payload", """{"type":"string","contentEncoding":"base64"}""");
        document.AssertAt("operations/live_streams_news/action", "\"send\"");
        document.AssertAt("operations/live_streams_news/bindings", """{"http":{"method":"GET","bindingVersion":"0.3.0"}}""");
        Assert.Null(document.At("operations/live_streams_news/security"));
        Assert.NotNull(document.At("operations/live_streams_image_id/security/0"));
        document.AssertAt("operations/live_streams_pikku_close/messages", """[{"$ref":"#/channels/live_streams/messages/PikkuClose"}]""");
        document.AssertAt("channels/live_streams/messages/PikkuLost", """{"$ref":"#/components/messages/PikkuLost"}""");
        document.AssertAt("servers/eventStreams", """{"host":"example.com","protocol":"https"}""");
        document.AssertAt("channels/live_streams/servers", """[{"$ref":"#/servers/eventStreams"}]""");
        document.AssertAt("channels/c/servers", """[{"$ref":"#/servers/default"}]""");
        Assert.Null(document.At("channels/c_streams"));
    }

    [Fact]
    public void The_messages_of_the_protocol_are_components_that_all_channels_refer_to()
    {
        var document = JsonNode.Parse(Documents.Text(app => app.WireChannel("c", c => c.MapAction("a", () => 1)).WireChannel("d", d => d.MapAction("a", () => 1))))!;
        foreach (var channel in (string[])["c", "d"])
        {
            document.AssertAt($"channels/{channel}/messages/PikkuPing", """{"$ref":"#/components/messages/PikkuPing"}""");
            document.AssertAt($"operations/{channel}_pikku_ping/reply/messages", $$"""[{"$ref":"#/channels/{{channel}}/messages/PikkuPong"}]""");
            Assert.Null(document.At($"operations/{channel}_pikku_cancel/reply"));
        }
    }

    [Fact]
    public void The_reply_of_a_function_without_a_result_has_no_data() =>
        Assert.Null(Documents.OfAction(() => { }).At($"{Messages}/a_reply/payload/properties/data"));

    [Fact]
    public void Data_is_optional_if_all_its_properties_have_defaults() =>
        Documents.OfAction((Paged input) => input.Size).AssertAt($"{Messages}/a/payload/required", """["action"]""");

    [Fact]
    public void Validation_rules_of_an_input_are_keywords_of_its_schema()
    {
        var document = Documents.OfAction((Ruled input) => 1);
        const string properties = "components/schemas/Ruled/properties";
        document.AssertAt($"{properties}/text", """{"type":"string","minLength":1,"maxLength":9,"pattern":"^(?:[a-z]+)$"}""");
        document.AssertAt($"{properties}/list", """{"type":"array","items":{"type":"string"},"maxItems":3}""");
        document.AssertAt($"{properties}/map", """{"type":"object","additionalProperties":{"type":"integer","format":"int32"},"minProperties":2}""");
        document.AssertAt($"{properties}/number", """{"type":"integer","format":"int32","minimum":1,"exclusiveMaximum":5}""");
        document.AssertAt($"{properties}/one", """{"type":"string","enum":["x","y"]}""");
        document.AssertAt($"{properties}/mail", """{"type":["string","null"],"format":"email"}""");
        document.AssertAt("components/schemas/Ruled/additionalProperties", "false");
    }

    [Fact]
    public void Required_does_not_limit_the_number_of_items_of_a_list() =>
        Documents.OfAction((Demanded input) => 1).AssertAt("components/schemas/Demanded/properties/list", """{"type":"array","items":{"type":"string"}}""");

    [Fact]
    public void Omits_a_pattern_that_only_NET_understands() =>
        Documents.OfAction((Foreign input) => 1).AssertAt("components/schemas/Foreign/properties/text", """{"type":"string"}""");

    [Fact]
    public void A_type_that_is_both_input_and_output_has_two_schemas_if_their_rules_differ()
    {
        var document = Documents.OfAction((Sized input) => input);
        document.AssertAt("components/schemas/SizedInput/properties/name", """{"type":"string","maxLength":3}""");
        document.AssertAt("components/schemas/Sized/properties/name", """{"type":"string"}""");
        document.AssertAt($"{Messages}/a/payload/properties/data", """{"$ref":"#/components/schemas/SizedInput"}""");
        document.AssertAt($"{Messages}/a_reply/payload/properties/data", """{"$ref":"#/components/schemas/Sized"}""");
    }

    [Fact]
    public void A_type_may_contain_itself() =>
        Documents.OfAction(() => new Tree([], null)).AssertAt("components/schemas/Tree/properties",
            """{"leaves":{"type":"array","items":{"$ref":"#/components/schemas/Tree"}},"parent":{"anyOf":[{"$ref":"#/components/schemas/Tree"},{"type":"null"}]}}""");

    [Fact]
    public void Cases_of_a_union_are_distinguished_by_a_constant()
    {
        var document = Documents.OfAction((Shape input) => 1);
        document.AssertAt("components/schemas/Shape/discriminator", "\"$type\"");
        document.AssertAt("components/schemas/Shape/required", """["$type"]""");
        document.AssertAt("components/schemas/Shape/oneOf/0/properties", """{"$type":{"const":"circle"},"radius":{"type":"number","format":"double"}}""");
        document.AssertAt("components/schemas/Shape/oneOf/1/required", """["$type","side"]""");
    }

    [Fact]
    public void Enumerations_have_their_values_and_numbers_their_names()
    {
        var document = Documents.OfAction(() => new Enums(Colour.Red, Level.Low));
        document.AssertAt("components/schemas/Colour", """{"type":"string","enum":["Red","Blue"]}""");
        document.AssertAt("components/schemas/Level", """{"type":"integer","enum":[0,5],"x-enumNames":["Low","High"]}""");
    }

    [Fact]
    public void Anonymous_types_are_written_inline() =>
        Documents.OfAction(() => new { ok = true }).AssertAt($"{Messages}/a_reply/payload/properties/data",
            """{"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"]}""");

    [Fact]
    public void Describes_defaults_and_deprecation()
    {
        var document = Documents.OfAction((Old input) => 1);
        document.AssertAt("components/schemas/Old/properties/size", """{"type":"integer","format":"int32","default":50}""");
        document.AssertAt("components/schemas/Old/properties/gone", """{"type":["string","null"],"description":"Deprecated: Use size.","deprecated":true}""");
    }

    [Fact]
    public void A_topic_is_sent_with_its_name_and_a_topic_family_with_a_pattern()
    {
        var document = Documents.Of(c => c.WithTopic<Named>("todos:created").WithTopic<string, int>("room:{roomId}:x"));
        document.AssertAt("operations/c_todos_created/action", "\"send\"");
        document.AssertAt($"{Messages}/todos_created/payload",
            """{"type":"object","properties":{"topic":{"type":"string","const":"todos:created"},"data":{"$ref":"#/components/schemas/Named"}},"required":["topic","data"]}""");
        var pattern = document.At($"{Messages}/room_roomId_x/payload/properties/topic/pattern")!.GetValue<string>();
        Assert.Equal(@"^room:.+:x$", pattern);
        Assert.Matches(new Regex(pattern, RegexOptions.ECMAScript), "room:7:x");
    }

    [Fact]
    public void Messages_have_an_envelope_with_their_name_and_text_and_bytes_are_not_JSON()
    {
        var document = Documents.Of(c => c.AddClientMessage<Named>().AddClientMessage<string>().AddClientMessage<byte[]>().OnBinaryMessage((byte[] frame) => frame));
        document.AssertAt($"{Messages}/Named/payload/properties", """{"message":{"type":"string","const":"Named"},"data":{"$ref":"#/components/schemas/Named"}}""");
        document.AssertAt($"{Messages}/String/contentType", "\"text/plain\"");
        document.AssertAt($"{Messages}/Bytes/contentType", "\"application/octet-stream\"");
        document.AssertAt($"{Messages}/binary/contentType", "\"application/octet-stream\"");
        document.AssertAt("operations/c_binary/reply/messages", """[{"$ref":"#/channels/c/messages/binary_reply"}]""");
    }

    [Fact]
    public void A_call_of_the_client_is_a_send_operation_and_its_answers_are_the_reply()
    {
        var document = Documents.Of(c => c.AddClientFunction(new ClientFunction<Named, NoData>("confirm")));
        document.AssertAt("operations/c_remote_confirm/action", "\"send\"");
        document.AssertAt($"{Messages}/confirm_call/payload/properties/funcName", """{"type":"string","const":"confirm"}""");
        document.AssertAt($"{Messages}/confirm_answer/payload/required", """["action","id","ok"]""");
        document.AssertAt("operations/c_remote_confirm/reply/messages/2", """{"$ref":"#/channels/c/messages/RemotePending"}""");
    }

    [Fact]
    public void Distinguishes_path_parameters_from_the_query()
    {
        var document = Documents.Of(c => c.Route<Opening>("/rooms/{id:int}/{**rest}").MapAction("a", () => 1));
        document.AssertAt("channels/c/address", "\"/rooms/{id}/{rest}\"");
        document.AssertAt("channels/c/parameters/id/x-pikku/schema", """{"type":"integer","format":"int32"}""");
        document.AssertAt("channels/c/parameters/rest", "{}");
        document.AssertAt("channels/c/bindings/ws/query", """{"type":"object","properties":{"limit":{"type":"integer","format":"int32","default":5}}}""");
        document.AssertAt("channels/c/bindings/ws/method", "\"GET\"");
    }

    [Fact]
    public void Describes_what_a_function_requires_and_its_errors()
    {
        var function = FunctionDescriptor.FromDelegate("f", (Named input) => 1) with { RequiresSession = true, Title = "F", Description = "Does f.", Tags = ["x"], Scopes = ["admin"], Errors = [typeof(ConflictError), typeof(OddException)], };
        var document = JsonNode.Parse(Documents.Text(app => app.AddScopes("admin").AddError<OddException>("OddError", 418, "Odd.")
            .WireChannel("c", c => c.MapAction("a", function))))!;
        document.AssertAt("operations/c_a/title", "\"F\"");
        document.AssertAt("operations/c_a/tags", """[{"name":"x"}]""");
        document.AssertAt("operations/c_a/security/0", """{"$ref":"#/components/securitySchemes/bearer"}""");
        document.AssertAt("operations/c_a/x-pikku",
            """
            {"kind":"action","key":"action","name":"a","function":"f","session":true,"scopes":["admin"],"errors":["InvalidSessionError","UnauthorizedError",
            "ForbiddenError","MissingScopeError","ReadonlySessionError","ConflictError","OddError","UnprocessableContentError"]}
            """);
        document.AssertAt("components/messages/OddError/payload/allOf/1/properties/error/properties", """{"name":{"type":"string","const":"OddError"},"status":{"const":418}}""");
    }

    [Fact]
    public void An_action_without_session_and_input_lists_no_errors() =>
        Assert.Null(Documents.OfAction(() => 1).At("operations/c_a/x-pikku/errors"));

    [Fact]
    public void Keys_are_unique_and_contain_only_characters_that_AsyncAPI_allows()
    {
        var document = Documents.Of(c =>
        {
            c.MapAction("a b", () => 1);
            c.MapAction("a:b", () => 2);
            c.MapAction("ä", () => 3);
        });
        var keys = document["operations"]!.AsObject().Select(operation => operation.Key).ToArray();
        Assert.Equal(["c_a_b", "c_a_b_2", "c", "c_errors", "c_pikku_auth", "c_pikku_cancel", "c_pikku_ping"], keys);
        Assert.All(document.At(Messages)!.AsObject(), message => Assert.Matches("^[A-Za-z0-9_-]+$", message.Key));
    }

    [Fact]
    public void Every_reference_has_a_target()
    {
        var document = Documents.Of(c =>
        {
            c.MapAction("a", (Ruled input) => new Tree([], null));
            c.MapAction("b", (Shape input) => 1);
            c.AddClientFunction(new ClientFunction<Named, Sized>("r"));
        });
        var references = Regex.Matches(document.ToJsonString(), "\"\\$ref\":\"#/([^\"]+)\"").Select(match => match.Groups[1].Value).Distinct();
        Assert.All(references, reference => Assert.NotNull(document.At(reference)));
    }

    /// <summary>Covers types and messages that no sample has, so that AsyncAPI's own parser reads them.</summary>
    [Fact]
    public void All_kinds_of_types_and_messages_match_the_approved_document() => Snapshot.Is(Documents.Text(app => app
        .AddScopes("admin")
        .WireChannel("kinds", c =>
        {
            c.Route<Opening>("/kinds/{id:int}/{**rest}").WithTags("one", "two").MapAction("rules", (Ruled input) => new Enums(Colour.Red, Level.Low));
            c.MapAction("foreign", (Foreign input) => new Tree([], null));
            c.MapAction("sized", (Sized input) => input);
            c.MapAction("a union", (Shape input) => input);
            c.MapAction("old", FunctionDescriptor.FromDelegate("old", (Old input) => 1) with { RequiresSession = true, Title = "Old", Tags = ["x"], Scopes = ["admin"], Errors = [typeof(ConflictError)] });
            c.OnMessage((string text) => text);
            c.OnBinaryMessage((byte[] frame) => frame);
            c.WithTopic<string, Shape>("room:{roomId}:x")
                .WithTopic<byte[]>("bytes")
                .AddClientMessage<string>()
                .AddClientMessage<byte[]>()
                .AddClientMessage<List<Named>>()
                .AddClientFunction(new ClientFunction<Named, Sized>("confirm"))
                .AddClientFunction(new ClientFunction<NoData, NoData>("ping"));
        })), "AsyncApi", "Kinds.approved.json");

    public sealed record BoardKey([Range(1, 9)] int BoardId);

    public sealed record Named(string Name);

    public sealed record Paged(int Size = 10);

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Ruled(
        [StringLength(9, MinimumLength = 1), RegularExpression("[a-z]+")] string Text,
        [MaxLength(3)] IReadOnlyList<string> List,
        [MinLength(2)] Dictionary<string, int> Map,
        [property: Range(1, 5, MaximumIsExclusive = true)] int Number,
        [AllowedValues("x", "y")] string One,
        [EmailAddress] string? Mail = null);

    public sealed record Demanded([Required] IReadOnlyList<string> List);

    public sealed record Foreign([RegularExpression(@"\A(?>a+)\z")] string Text);

    public sealed record Sized([MaxLength(3)] string Name);

    public sealed record Tree(IReadOnlyList<Tree> Leaves, Tree? Parent);

    [JsonDerivedType(typeof(Circle), "circle"), JsonDerivedType(typeof(Square), "square")]
    public abstract record Shape;

    public sealed record Circle(double Radius) : Shape;

    public sealed record Square(double Side) : Shape;

    public sealed record Enums(Colour Colour, Level Level);

    [JsonConverter(typeof(JsonStringEnumConverter<Colour>))]
    public enum Colour
    {
        Red,
        Blue,
    }

    public enum Level
    {
        Low,
        High = 5,
    }

    public sealed record Old(int Size = 50, [property: Obsolete("Use size.")] string? Gone = null);

    public sealed record Opening(int Id, int Limit = 5);

    public sealed class OddException : Exception;
}
