using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Pikku.Akka.AsyncApi;
using Pikku.Akka.AsyncApi.Diff;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.AsyncApi;

/// <summary>The effect of changes of the wiring on clients; each change is compared in both directions.</summary>
public sealed class ContractDiffSpec
{
    private const string Input = "channel 'c', action 'a', input";
    private const string Output = "channel 'c', action 'a', output";
    private const string Argument = "channel 'c', the client's function 'r', argument";
    private const string Answer = "channel 'c', the client's function 'r', answer";

    private static readonly Dictionary<string, (Action<ChannelBuilder> Old, Action<ChannelBuilder> New, string[] Forth, string[] Back)> Cases = new()
    {
        ["no change"] = (Takes<Name>(), Takes<Name>(), [], []),
        ["an action"] = (c => c.MapAction("a", () => 1), c =>
            {
                c.MapAction("a", () => 1);
                c.MapAction("b", () => 1);
            },
            ["compatible channel 'c', action 'b': was added"], ["breaking channel 'c', action 'b': was removed"]),
        ["a routing key"] = (c => c.MapAction("a", () => 1), c => c.RoutingKey("command").MapAction("a", () => 1),
            ["breaking channel 'c', action 'a': was removed", "compatible channel 'c', action 'command:a': was added"],
            ["breaking channel 'c', action 'command:a': was removed", "compatible channel 'c', action 'a': was added"]),
        ["a route"] = (c => c.Route("/x"), c => c.Route("/y"),
            ["breaking channel 'c': route changed from /x to /y"], ["breaking channel 'c': route changed from /y to /x"]),
        ["a topic"] = (c => { }, c => c.WithTopic<int>("t"), ["compatible channel 'c', topic 't': was added"], ["breaking channel 'c', topic 't': was removed"]),
        ["a message"] = (c => { }, c => c.AddClientMessage<Name>(), ["compatible channel 'c', message 'Name': was added"], ["breaking channel 'c', message 'Name': was removed"]),
        ["a function of clients"] = (c => { }, c => c.AddClientFunction(new ClientFunction<Name, Name>("r")),
            ["compatible channel 'c', the client's function 'r': was added"], ["breaking channel 'c', the client's function 'r': was removed"]),
        ["a session"] = (c => c.MapAction("a", () => 1), c => c.MapAction("a", () => 1).RequireSession(),
            ["breaking channel 'c', action 'a': now requires a session", .. SessionErrors("may now reply with {0}")],
            ["compatible channel 'c', action 'a': no longer requires a session", .. SessionErrors("no longer replies with {0}")]),
        ["a scope"] = (c => c.MapAction("a", Scoped()), c => c.MapAction("a", Scoped("admin")),
            ["breaking channel 'c', action 'a': now requires the scope 'admin'", "compatible channel 'c', action 'a': may now reply with MissingScopeError"],
            ["compatible channel 'c', action 'a': no longer requires the scope 'admin'", "compatible channel 'c', action 'a': no longer replies with MissingScopeError"]),

        ["a permission"] = (c => c.MapAction("a", () => 1), c => c.MapAction("a", () => 1).RequirePermission((PikkuContext context) => true),
            ["breaking channel 'c', action 'a': now requires a permission", "compatible channel 'c', action 'a': may now reply with ForbiddenError"],
            ["compatible channel 'c', action 'a': no longer requires a permission", "compatible channel 'c', action 'a': no longer replies with ForbiddenError"]),
        ["a stream"] = (c => c.MapAction("a", () => 1), c => c.MapAction("a", () => new[] { 1 }.ToAsyncEnumerable()),
            ["breaking channel 'c', action 'a': now replies with a stream of items"], ["breaking channel 'c', action 'a': no longer replies with a stream of items"]),
        ["a subscription"] = (c => c.AddTopic(new Topic<int>("t")), c => c.AddTopic(new Topic<int>("t")).AllowSubscribe(),
            ["compatible channel 'c', subscription to 't': was added"], ["breaking channel 'c', subscription to 't': was removed"]),
        ["a key of a topic"] = (c => c.AddTopic(new Topic<int, int>("t:{id}")).AllowSubscribe(), c => c.AddTopic(new Topic<string, int>("t:{id}")).AllowSubscribe(),
            ["breaking channel 'c', subscription to 't:{id}', key: changed from integer to string"], ["breaking channel 'c', subscription to 't:{id}', key: changed from string to integer"]),
        ["a rule of a key"] = (c => c.AddTopic(new Topic<IdNumber, int>("t:{id}")).AllowSubscribe(), c => c.AddTopic(new Topic<SmallId, int>("t:{id}")).AllowSubscribe(),
            ["breaking channel 'c', subscription to 't:{id}', key 'id': minimum value changed from none to 1", "breaking channel 'c', subscription to 't:{id}', key 'id': maximum value changed from none to 9"],
            ["compatible channel 'c', subscription to 't:{id}', key 'id': minimum value changed from 1 to none", "compatible channel 'c', subscription to 't:{id}', key 'id': maximum value changed from 9 to none"]),
        ["a history"] = (c => c.AddTopic(new Topic<int>("t")).AllowSubscribe(), c => c.AddTopic(new Topic<int>("t")).AllowSubscribe().WithHistory(10),
            ["compatible channel 'c', subscription to 't': now keeps a history of 10 events"], ["breaking channel 'c', subscription to 't': no longer keeps history"]),
        ["the length of a history"] = (
            c => c.AddTopic(new Topic<int>("t")).AllowSubscribe().WithHistory(10), c => c.AddTopic(new Topic<int>("t")).AllowSubscribe().WithHistory(5, TimeSpan.FromMinutes(1)),
            ["compatible channel 'c', subscription to 't': history changed from 10 events to 5 events of 60 s"],
            ["compatible channel 'c', subscription to 't': history changed from 5 events of 60 s to 10 events"]),
        ["a snapshot"] = (
            c => c.AddTopic(new Topic<int>("t")).AllowSubscribe().WithHistory(10), c => c.AddTopic(new Topic<int>("t")).AllowSubscribe().WithHistory(10).WithSnapshot(() => new Name("x")),
            ["compatible channel 'c', subscription to 't', snapshot: was added"], ["breaking channel 'c', subscription to 't', snapshot: was removed"]),
        ["the type of a snapshot"] = (
            c => c.AddTopic(new Topic<int>("t")).AllowSubscribe().WithHistory(10).WithSnapshot(() => 1), c => c.AddTopic(new Topic<int>("t")).AllowSubscribe().WithHistory(10).WithSnapshot(() => "x"),
            ["breaking channel 'c', subscription to 't', snapshot: changed from integer to string"], ["breaking channel 'c', subscription to 't', snapshot: changed from string to integer"]),
        ["the info of a presence topic"] = (
            c => c.AddPresence(new PresenceTopic<int>("t")).AllowSubscribe(), c => c.AddPresence(new PresenceTopic<string>("t")).AllowSubscribe(),
            [.. KeyedChanges("integer to string", "'joined'", "'updated'", "'left'"), "breaking channel 'c', subscription to 't', snapshot '[]': changed from integer to string"],
            [.. KeyedChanges("string to integer", "'joined'", "'updated'", "'left'"), "breaking channel 'c', subscription to 't', snapshot '[]': changed from string to integer"]),
        ["the values of a state topic"] = (
            c => c.AddState(new StateTopic<int>("t")).AllowSubscribe(), c => c.AddState(new StateTopic<string>("t")).AllowSubscribe(),
            [.. KeyedChanges("integer to string", "'value'"), "breaking channel 'c', subscription to 't', snapshot '*': changed from integer to string"],
            [.. KeyedChanges("string to integer", "'value'"), "breaking channel 'c', subscription to 't', snapshot '*': changed from string to integer"]),
        ["a permission of a topic"] = (c => c.AddTopic(new Topic<int>("t")).AllowSubscribe(), c => c.AddTopic(new Topic<int>("t")).AllowSubscribe().RequirePermission((PikkuContext context) => true),
            ["breaking channel 'c', subscription to 't': now requires a permission", "compatible channel 'c', subscription to 't': may now reply with ForbiddenError"],
            ["compatible channel 'c', subscription to 't': no longer requires a permission", "compatible channel 'c', subscription to 't': no longer replies with ForbiddenError"]),

        ["an input"] = (c => c.MapAction("a", () => { }), c => c.MapAction("a", (Name input) => { }),
            ["compatible channel 'c', action 'a': may now reply with UnprocessableContentError", $"breaking {Input}: was added and is required"],
            ["compatible channel 'c', action 'a': no longer replies with UnprocessableContentError", $"compatible {Input}: is now ignored"]),
        ["an optional input field"] = (Takes<Name>(), Takes<NameAndNote>(), [$"compatible {Input} 'note': was added"], [$"compatible {Input} 'note': is now ignored"]),
        ["a required input field"] = (Takes<Name>(), Takes<NameAndAge>(), [$"breaking {Input} 'age': was added and is required"], [$"compatible {Input} 'age': is now ignored"]),
        ["an input field that becomes required"] = (Takes<MaybeAge>(), Takes<Age>(),
            [$"breaking {Input}: is now required", $"breaking {Input} 'age': is now required", $"compatible {Input} 'age': default changed from 1 to none"],
            [$"compatible {Input}: is now optional", $"compatible {Input} 'age': is now optional", $"compatible {Input} 'age': default changed from none to 1"]),
        ["null in an input"] = (Takes<Nullable>(), Takes<Name>(), [$"breaking {Input} 'name': can no longer be null"], [$"compatible {Input} 'name': may now be null"]),
        ["a type of an input"] = (Takes<Age>(), Takes<TextAge>(),
            [$"breaking {Input} 'age': changed from integer to string"], [$"breaking {Input} 'age': changed from string to integer"]),
        ["a wider number type in an input"] = (Takes<Age>(), Takes<LongAge>(), [$"compatible {Input} 'age': changed from int32 to int64"], [$"breaking {Input} 'age': changed from int64 to int32"]),
        ["a fraction in an input"] = (Takes<Age>(), Takes<RealAge>(),
            [$"compatible {Input} 'age': changed from integer to number"], [$"breaking {Input} 'age': changed from number to integer"]),
        ["a value of an input"] = (Takes<Of<One>>(), Takes<Of<Two>>(), [$"compatible {Input} 'value': may now be \"B\""], [$"breaking {Input} 'value': can no longer be \"B\""]),
        ["a length rule"] = (Takes<Name>(), Takes<ShortName>(),
            [$"breaking {Input} 'name': maximum length changed from none to 3"], [$"compatible {Input} 'name': maximum length changed from 3 to none"]),
        ["a tighter rule"] = (Takes<ShortName>(), Takes<ShorterName>(),
            [$"breaking {Input} 'name': maximum length changed from 3 to 2"], [$"compatible {Input} 'name': maximum length changed from 2 to 3"]),
        ["an exclusive bound"] = (Takes<AtLeast>(), Takes<Above>(),
            [$"breaking {Input} 'n': minimum value changed from 1 to 1 (exclusive)"], [$"compatible {Input} 'n': minimum value changed from 1 (exclusive) to 1"]),
        ["undeclared properties in an input"] = (Takes<Name>(), Takes<StrictName>(),
            [$"breaking {Input}: now rejects undeclared properties"], [$"compatible {Input}: now accepts undeclared properties"]),
        ["a case of an input"] = (Takes<OneCase>(), Takes<TwoCases>(), [$"compatible {Input}: may now be the case \"y\""], [$"breaking {Input}: can no longer be the case \"y\""]),

        ["an output"] = (c => c.MapAction("a", () => { }), Gives<Name>(), [$"compatible {Output}: was added"], [$"breaking {Output}: was removed"]),
        ["an output field"] = (Gives<Name>(), Gives<NameAndAge>(), [$"compatible {Output} 'age': was added"], [$"breaking {Output} 'age': was removed"]),
        ["null in an output"] = (Gives<Name>(), Gives<Nullable>(), [$"breaking {Output} 'name': may now be null"], [$"compatible {Output} 'name': can no longer be null"]),
        ["an output field that may be missing"] = (Gives<Name>(), Gives<Missing>(), [$"breaking {Output} 'name': may now be missing"], [$"compatible {Output} 'name': is now always present"]),
        ["a value of an output"] = (Gives<Of<One>>(), Gives<Of<Two>>(), [$"breaking {Output} 'value': may now be \"B\""], [$"compatible {Output} 'value': can no longer be \"B\""]),
        ["a wider number type in an output"] = (Gives<Age>(), Gives<LongAge>(), [$"breaking {Output} 'age': changed from int32 to int64"], [$"compatible {Output} 'age': changed from int64 to int32"]),
        ["a case of an output"] = (Gives<OneCase>(), Gives<TwoCases>(), [$"breaking {Output}: may now be the case \"y\""], [$"compatible {Output}: can no longer be the case \"y\""]),
        ["a type in a list"] = (Gives<Of<List<Age>>>(), Gives<Of<List<TextAge>>>(),
            [$"breaking {Output} 'value[].age': changed from integer to string"], [$"breaking {Output} 'value[].age': changed from string to integer"]),
        ["a type in a map"] = (Gives<Of<Dictionary<string, Age>>>(), Gives<Of<Dictionary<string, NameAndAge>>>(),
            [$"compatible {Output} 'value.*.name': was added"], [$"breaking {Output} 'value.*.name': was removed"]),
        ["a type that contains itself"] = (Gives<Tree>(), Gives<NamedTree>(), [$"compatible {Output} 'name': was added"], [$"breaking {Output} 'name': was removed"]),
        ["any JSON"] = (Gives<Name>(), Gives<object>(), [$"breaking {Output}: may now be any JSON"], [$"compatible {Output}: changed from any JSON to object"]),

        ["an event"] = (c => c.WithTopic<Name>("t"), c => c.WithTopic<Nullable>("t"),
            ["breaking channel 'c', topic 't', event 'name': may now be null"], ["compatible channel 'c', topic 't', event 'name': can no longer be null"]),
        ["an argument of a client's function"] = (c => c.AddClientFunction(new ClientFunction<Name, NoData>("r")), c => c.AddClientFunction(new ClientFunction<NameAndAge, NoData>("r")),
            [$"compatible {Argument} 'age': was added"], [$"breaking {Argument} 'age': was removed"]),
        ["an answer of a client's function"] = (c => c.AddClientFunction(new ClientFunction<NoData, Name>("r")), c => c.AddClientFunction(new ClientFunction<NoData, NameAndAge>("r")),
            [$"breaking {Answer} 'age': was added and is required"], [$"compatible {Answer} 'age': is now ignored"]),
        ["a route parameter"] = (c => c.Route<IdText>("/{id}"), c => c.Route<IdNumber>("/{id}"),
            ["breaking channel 'c', route parameter 'id': changed from string to integer"], ["breaking channel 'c', route parameter 'id': changed from integer to string"]),
        ["the query"] = (c => c.Route<Name>("/c"), c => c.Route<NameAndAge>("/c"),
            ["breaking channel 'c', query 'age': was added and is required"], ["compatible channel 'c', query 'age': is now ignored"]),
        ["the default handler"] = (c => { }, c => c.OnMessage((Name input) => input),
            ["compatible channel 'c', the default handler: was added"], ["breaking channel 'c', the default handler: was removed"]),
    };

    public static TheoryData<string> Names => new(Cases.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Reports_a_change_and_its_reverse(string name)
    {
        var (older, newer, forth, back) = Cases[name];
        var (was, now) = (Documents.Text(older), Documents.Text(newer));
        Assert.Equal(forth, Lines(was, now));
        Assert.Equal(back, Lines(now, was));
    }

    [Fact]
    public void Reports_channels_that_are_added_removed_or_renamed()
    {
        string Of(string name, string route) => Documents.Text(app => app.WireChannel(name, c => c.Route(route).MapAction("a", () => 1)));
        Assert.Equal(["breaking channel 'x': was removed", "compatible channel 'y': was added"], Lines(Of("x", "/x"), Of("y", "/y")));
        Assert.Equal(["breaking channel 'x': was renamed to 'y'"], Lines(Of("x", "/x"), Of("y", "/x")));
    }

    [Fact]
    public void Reports_event_streams_that_are_added_or_removed_and_the_changes_of_their_topics_once()
    {
        var plain = Documents.Text(app => app.WireChannel("live", c => c.AddTopic(new Topic<Age>("t")).AllowSubscribe()));
        string Events(Action<EventsBuilder> wire) => Documents.Text(app => app.WireEvents("live", wire));
        var events = Events(e => e.AddTopic(new Topic<Age>("t")));

        Assert.Contains("compatible channel 'live': event streams were added", Lines(plain, events));
        Assert.Contains("breaking channel 'live': event streams were removed", Lines(events, plain));
        Assert.Empty(Lines(events, events));
        Assert.Equal(
            ["breaking channel 'live', topic 't', event 'age': changed from integer to string"], Lines(events, Events(e => e.AddTopic(new Topic<TextAge>("t")))));
        Assert.Equal(["breaking channel 'live': route changed from /live to /x"], Lines(events, Events(e => e.Route("/x").AddTopic(new Topic<Age>("t")))));
        Assert.Equal(["breaking channel 'live': was removed"], Lines(events, Documents.Text((PikkuBuilder _) => { })));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"asyncapi":"2.6.0","channels":{}}""")]
    [InlineData("""{"asyncapi":"3.0.0","channels":{"x":{"address":"/x"}}}""")]
    [InlineData("""{"asyncapi":"3.0.0","channels":{"x":{"x-pikku":{}}}}""")]
    public void Rejects_a_text_that_is_not_a_document_of_Pikku_Akka(string text) =>
        Assert.Throws<UnreadableContractException>(() => ContractDiff.Of(text, text));

    [Fact]
    public void The_command_prints_the_changes_and_its_exit_code_says_whether_one_breaks_clients()
    {
        using var folder = new Folder();
        var one = folder.Write("one.json", Documents.Text(Takes<Name>()));
        var two = folder.Write("two.json", Documents.Text(Takes<NameAndAge>()));
        var three = folder.Write("three.json", Documents.Text(Takes<NameAndNote>()));

        Assert.Equal((0, "No changes.\n", ""), Run(one, one));
        Assert.Equal((0, $"compatible  {Input} 'note': was added\n0 breaking, 1 compatible\n", ""), Run(one, three));
        Assert.Equal((1, $"breaking    {Input} 'age': was added and is required\n1 breaking, 0 compatible\n", ""), Run(one, two));
        Assert.Equal(2, Run(one, folder.Write("four.json", "{}")).Code);
        var (code, output, error) = Run(one, one + ".missing");
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("cannot be read", error, StringComparison.Ordinal);

        var json = JsonNode.Parse(Run(one, two, json: true).Output)!;
        Assert.Equal(1, json["breaking"]!.GetValue<int>());
        Assert.Equal("breaking", json["changes"]![0]!["severity"]!.GetValue<string>());
    }

    private static (int Code, string Output, string Error) Run(string older, string newer, bool json = false)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = ContractDiffCommand.Run(older, newer, json, output, error);
        return (code, output.ToString(), error.ToString());
    }

    private static IEnumerable<string> Lines(string was, string now) => ContractDiff.Of(was, now).Select(change => $"{change.Severity} {change.Place}: {change.Text}");

    

    private static Action<ChannelBuilder> Takes<T>() => c => c.MapAction("a", ([FromData] T input) => { });

    private static Action<ChannelBuilder> Gives<T>() => c => c.MapAction("a", T () => throw new NotSupportedException());

    private static FunctionDescriptor Scoped(params string[] scopes) => FunctionDescriptor.FromDelegate("f", () => 1) with { Scopes = scopes };

    private static IEnumerable<string> KeyedChanges(string change, params string[] properties) =>
        properties.Select(property => $"breaking channel 'c', topic 't', event {property}: changed from {change}");

    private static IEnumerable<string> SessionErrors(string text) =>
        "InvalidSessionError UnauthorizedError ForbiddenError ReadonlySessionError".Split(' ')
            .Select(error => $"compatible channel 'c', action 'a': {string.Format(System.Globalization.CultureInfo.InvariantCulture, text, error)}");

    public sealed record Name([property: JsonPropertyName("name")] string Value);

    public sealed record Nullable(string? Name);

    public sealed record Missing
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Name { get; init; }
    }

    public sealed record NameAndNote(string Name, string? Note = null);

    public sealed record NameAndAge(string Name, int Age);

    public sealed record Age([property: JsonPropertyName("age")] int Value);

    public sealed record MaybeAge(int Age = 1);

    public sealed record TextAge(string Age);

    public sealed record LongAge(long Age);

    public sealed record RealAge(double Age);

    public sealed record ShortName([MaxLength(3)] string Name);

    public sealed record ShorterName([MaxLength(2)] string Name);

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record StrictName(string Name);

    public sealed record AtLeast([Range(1, 9)] int N);

    public sealed record Above([Range(1, 9, MinimumIsExclusive = true)] int N);

    public sealed record Of<T>(T Value);

    public sealed record Tree(IReadOnlyList<Tree> Leaves);

    public sealed record NamedTree(string Name, IReadOnlyList<NamedTree> Leaves);

    public sealed record IdText(string Id);

    public sealed record IdNumber(int Id);

    private sealed record SmallId([Range(1, 9)] int Id);

    [JsonConverter(typeof(JsonStringEnumConverter<One>))]
    public enum One
    {
        A,
    }

    [JsonConverter(typeof(JsonStringEnumConverter<Two>))]
    public enum Two
    {
        A,
        B,
    }

    [JsonDerivedType(typeof(OneX), "x")]
    public abstract record OneCase;

    public sealed record OneX : OneCase;

    [JsonDerivedType(typeof(TwoX), "x"), JsonDerivedType(typeof(TwoY), "y")]
    public abstract record TwoCases;

    public sealed record TwoX : TwoCases;

    public sealed record TwoY : TwoCases;

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("pikku").FullName;

        public string Write(string name, string text)
        {
            var file = System.IO.Path.Combine(Path, name);
            File.WriteAllText(file, text);
            return file;
        }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
