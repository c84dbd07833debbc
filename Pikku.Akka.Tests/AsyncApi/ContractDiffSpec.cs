using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Pikku.Akka.AsyncApi;
using Pikku.Akka.AsyncApi.Diff;
using Xunit;

namespace Pikku.Akka.Tests.AsyncApi;

/// <summary>What a change of the wiring is to clients; each read in both directions.</summary>
public sealed class ContractDiffSpec
{
    private const string Input = "channel 'c', action 'a', input";
    private const string Output = "channel 'c', action 'a', output";
    private const string Argument = "channel 'c', the client's function 'r', argument";
    private const string Answer = "channel 'c', the client's function 'r', answer";

    private static readonly Dictionary<string, (Action<ChannelBuilder> Old, Action<ChannelBuilder> New, string[] Forth, string[] Back)> Cases = new()
    {
        ["no change"] = (Takes<Name>(), Takes<Name>(), [], []),
        ["an action"] = (On(on => on.On("a", () => 1)), On(on => on.On("a", () => 1).On("b", () => 1)),
            ["compatible channel 'c', action 'b': is new"], ["breaking channel 'c', action 'b': is gone"]),
        ["a routing key"] = (On(on => on.On("a", () => 1)), c => c.OnMessage("command", on => on.On("a", () => 1)),
            ["breaking channel 'c', action 'a': is gone", "compatible channel 'c', action 'command:a': is new"],
            ["breaking channel 'c', action 'command:a': is gone", "compatible channel 'c', action 'a': is new"]),
        ["a route"] = (c => c.Route("/x"), c => c.Route("/y"),
            ["breaking channel 'c': has the route /y now, and had /x"], ["breaking channel 'c': has the route /x now, and had /y"]),
        ["a topic"] = (c => { }, c => c.Topic<int>("t"), ["compatible channel 'c', topic 't': is new"], ["breaking channel 'c', topic 't': is gone"]),
        ["a message"] = (c => { }, c => c.Sends<Name>(), ["compatible channel 'c', message 'Name': is new"], ["breaking channel 'c', message 'Name': is gone"]),
        ["a function of clients"] = (c => { }, c => c.Remote<Name, Name>("r"),
            ["compatible channel 'c', the client's function 'r': is new"], ["breaking channel 'c', the client's function 'r': is gone"]),
        ["a session"] = (On(on => on.On("a", () => 1)), On(on => on.On("a", () => 1, auth: true)),
            ["breaking channel 'c', action 'a': needs a session now", .. SessionErrors("may answer with {0} now")],
            ["compatible channel 'c', action 'a': needs no session any more", .. SessionErrors("does not answer with {0} any more")]),
        ["a scope"] = (On(on => on.On("a", Scoped())), On(on => on.On("a", Scoped("admin"))),
            ["breaking channel 'c', action 'a': needs the scope 'admin' now", "compatible channel 'c', action 'a': may answer with MissingScopeError now"],
            ["compatible channel 'c', action 'a': needs the scope 'admin' no longer", "compatible channel 'c', action 'a': does not answer with MissingScopeError any more"]),

        ["an input at all"] = (On(on => on.On("a", () => { })), On(on => on.On("a", (Name input) => { })),
            ["compatible channel 'c', action 'a': may answer with UnprocessableContentError now", $"breaking {Input}: is new and required"],
            ["compatible channel 'c', action 'a': does not answer with UnprocessableContentError any more", $"compatible {Input}: is not read any more"]),
        ["an optional input field"] = (Takes<Name>(), Takes<NameAndNote>(), [$"compatible {Input} 'note': is new"], [$"compatible {Input} 'note': is not read any more"]),
        ["a required input field"] = (Takes<Name>(), Takes<NameAndAge>(), [$"breaking {Input} 'age': is new and required"], [$"compatible {Input} 'age': is not read any more"]),
        ["an input field that must be there"] = (Takes<MaybeAge>(), Takes<Age>(),
            [$"breaking {Input}: is required now", $"breaking {Input} 'age': is required now", $"compatible {Input} 'age': has the default none now, and had 1"],
            [$"compatible {Input}: may be left out now", $"compatible {Input} 'age': may be left out now", $"compatible {Input} 'age': has the default 1 now, and had none"]),
        ["null in an input"] = (Takes<Nullable>(), Takes<Name>(), [$"breaking {Input} 'name': is never null any more"], [$"compatible {Input} 'name': may be null now"]),
        ["a type of an input"] = (Takes<Age>(), Takes<TextAge>(),
            [$"breaking {Input} 'age': is string now, and no longer integer"], [$"breaking {Input} 'age': is integer now, and no longer string"]),
        ["a wider number in an input"] = (Takes<Age>(), Takes<LongAge>(), [$"compatible {Input} 'age': is int64 now, and was int32"], [$"breaking {Input} 'age': is int32 now, and was int64"]),
        ["a fraction in an input"] = (Takes<Age>(), Takes<RealAge>(),
            [$"compatible {Input} 'age': is number now, and was integer"], [$"breaking {Input} 'age': is integer now, and was number"]),
        ["a value of an input"] = (Takes<Of<One>>(), Takes<Of<Two>>(), [$"compatible {Input} 'value': may be \"B\" now"], [$"breaking {Input} 'value': is never \"B\" any more"]),
        ["a rule of length"] = (Takes<Name>(), Takes<ShortName>(),
            [$"breaking {Input} 'name': has the greatest length 3 now, and had none"], [$"compatible {Input} 'name': has the greatest length none now, and had 3"]),
        ["a tighter rule"] = (Takes<ShortName>(), Takes<ShorterName>(),
            [$"breaking {Input} 'name': has the greatest length 2 now, and had 3"], [$"compatible {Input} 'name': has the greatest length 3 now, and had 2"]),
        ["an exclusive bound"] = (Takes<AtLeast>(), Takes<Above>(),
            [$"breaking {Input} 'n': has the least value 1 (not itself) now, and had 1"], [$"compatible {Input} 'n': has the least value 1 now, and had 1 (not itself)"]),
        ["other properties in an input"] = (Takes<Name>(), Takes<StrictName>(),
            [$"breaking {Input}: refuses properties that it does not declare now"], [$"compatible {Input}: takes properties that it does not declare now"]),
        ["a case of an input"] = (Takes<OneCase>(), Takes<TwoCases>(), [$"compatible {Input}: may be the case \"y\" now"], [$"breaking {Input}: is never the case \"y\" any more"]),

        ["an output at all"] = (On(on => on.On("a", () => { })), Gives<Name>(), [$"compatible {Output}: is new"], [$"breaking {Output}: is gone"]),
        ["an output field"] = (Gives<Name>(), Gives<NameAndAge>(), [$"compatible {Output} 'age': is new"], [$"breaking {Output} 'age': is gone"]),
        ["null in an output"] = (Gives<Name>(), Gives<Nullable>(), [$"breaking {Output} 'name': may be null now"], [$"compatible {Output} 'name': is never null any more"]),
        ["an output field that may be missing"] = (Gives<Name>(), Gives<Missing>(), [$"breaking {Output} 'name': may be missing now"], [$"compatible {Output} 'name': is always there now"]),
        ["a value of an output"] = (Gives<Of<One>>(), Gives<Of<Two>>(), [$"breaking {Output} 'value': may be \"B\" now"], [$"compatible {Output} 'value': is never \"B\" any more"]),
        ["a wider number in an output"] = (Gives<Age>(), Gives<LongAge>(), [$"breaking {Output} 'age': is int64 now, and was int32"], [$"compatible {Output} 'age': is int32 now, and was int64"]),
        ["a case of an output"] = (Gives<OneCase>(), Gives<TwoCases>(), [$"breaking {Output}: may be the case \"y\" now"], [$"compatible {Output}: is never the case \"y\" any more"]),
        ["a type in a list"] = (Gives<Of<List<Age>>>(), Gives<Of<List<TextAge>>>(),
            [$"breaking {Output} 'value[].age': is string now, and no longer integer"], [$"breaking {Output} 'value[].age': is integer now, and no longer string"]),
        ["a type in a map"] = (Gives<Of<Dictionary<string, Age>>>(), Gives<Of<Dictionary<string, NameAndAge>>>(),
            [$"compatible {Output} 'value.*.name': is new"], [$"breaking {Output} 'value.*.name': is gone"]),
        ["a type that contains itself"] = (Gives<Tree>(), Gives<NamedTree>(), [$"compatible {Output} 'name': is new"], [$"breaking {Output} 'name': is gone"]),
        ["any JSON"] = (Gives<Name>(), Gives<object>(), [$"breaking {Output}: may be any JSON now"], [$"compatible {Output}: is object now, and no longer any JSON"]),

        ["an event"] = (c => c.Topic<Name>("t"), c => c.Topic<Nullable>("t"),
            ["breaking channel 'c', topic 't', event 'name': may be null now"], ["compatible channel 'c', topic 't', event 'name': is never null any more"]),
        ["an argument of a client's function"] = (c => c.Remote<Name, None>("r"), c => c.Remote<NameAndAge, None>("r"),
            [$"compatible {Argument} 'age': is new"], [$"breaking {Argument} 'age': is gone"]),
        ["an answer of a client's function"] = (c => c.Remote<None, Name>("r"), c => c.Remote<None, NameAndAge>("r"),
            [$"breaking {Answer} 'age': is new and required"], [$"compatible {Answer} 'age': is not read any more"]),
        ["a route parameter"] = (c => c.Route("/{id}").OpeningData<IdText>(), c => c.Route("/{id}").OpeningData<IdNumber>(),
            ["breaking channel 'c', route parameter 'id': is integer now, and no longer string"], ["breaking channel 'c', route parameter 'id': is string now, and no longer integer"]),
        ["the query"] = (c => c.OpeningData<Name>(), c => c.OpeningData<NameAndAge>(),
            ["breaking channel 'c', query 'age': is new and required"], ["compatible channel 'c', query 'age': is not read any more"]),
        ["the default handler"] = (c => { }, c => c.OnMessage((Name input) => input),
            ["compatible channel 'c', the default handler: is new"], ["breaking channel 'c', the default handler: is gone"]),
    };

    public static TheoryData<string> Names => new(Cases.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_change_and_its_reverse_are_told(string name)
    {
        var (older, newer, forth, back) = Cases[name];
        var (was, now) = (Documents.Text(older), Documents.Text(newer));
        Assert.Equal(forth, Lines(was, now));
        Assert.Equal(back, Lines(now, was));
    }

    [Fact]
    public void Channels_come_go_and_are_renamed()
    {
        string Of(string name, string route) => Documents.Text(app => app.WireChannel(name, c => c.Route(route).OnMessage("action", on => on.On("a", () => 1))));
        Assert.Equal(["breaking channel 'x': is gone", "compatible channel 'y': is new"], Lines(Of("x", "/x"), Of("y", "/y")));
        Assert.Equal(["breaking channel 'x': is called 'y' now"], Lines(Of("x", "/x"), Of("y", "/x")));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"asyncapi":"2.6.0","channels":{}}""")]
    [InlineData("""{"asyncapi":"3.0.0","channels":{"x":{"address":"/x"}}}""")]
    [InlineData("""{"asyncapi":"3.0.0","channels":{"x":{"x-pikku":{}}}}""")]
    public void What_is_no_document_of_ours_is_refused(string text) =>
        Assert.Throws<UnreadableContractException>(() => ContractDiff.Of(text, text));

    [Fact]
    public void The_command_tells_and_says_by_its_exit_code_whether_something_breaks()
    {
        using var folder = new Folder();
        var one = folder.Write("one.json", Documents.Text(Takes<Name>()));
        var two = folder.Write("two.json", Documents.Text(Takes<NameAndAge>()));
        var three = folder.Write("three.json", Documents.Text(Takes<NameAndNote>()));

        Assert.Equal((0, "No change.\n", ""), Run(one, one));
        Assert.Equal((0, $"compatible  {Input} 'note': is new\n0 breaking, 1 compatible\n", ""), Run(one, three));
        Assert.Equal((1, $"breaking    {Input} 'age': is new and required\n1 breaking, 0 compatible\n", ""), Run(one, two));
        Assert.Equal(2, Run(one, folder.Write("four.json", "{}")).Code);
        var (code, output, error) = Run(one, one + ".missing");
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("can't be read", error, StringComparison.Ordinal);

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

    private static Action<ChannelBuilder> On(Action<ActionsBuilder> actions) => c => c.OnMessage("action", actions);

    private static Action<ChannelBuilder> Takes<T>() => On(on => on.On("a", (T input) => { }));

    private static Action<ChannelBuilder> Gives<T>() => On(on => on.On("a", T () => throw new NotSupportedException()));

    private static PikkuFunction Scoped(params string[] scopes) => PikkuFunction.Sessionless("f", () => 1) with { Scopes = scopes };

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
