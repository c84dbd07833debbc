using System.Numerics;
using System.Text.Json.Serialization;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Contracts;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Values;

#pragma warning disable CA1051, CA1822 // The spec is about public fields and similar members.

/// <summary>A type that JSON cannot write or read is refused wherever it is wired, with the reason and the fix.</summary>
[Trait("Rule", "A6")]
public sealed class FormSpec
{
    public static TheoryData<string, Type> NotWritten => new()
    {
        { "is a tuple, whose items are fields without names and would not be written; use a record", typeof((int X, int Y)) },
        { "is a tuple", typeof(List<(int, string)>) },
        { "is a tuple", typeof(Dictionary<string, (int, int)>) },
        { "is a tuple", typeof(Has<(int, int)?>) },
        { "has the public field 'X', which would not be written; make it a property", typeof(Fields) },
        { "has the public field 'Y'", typeof(PropertyAndField) },
        { "has the public field 'X'", typeof(Has<Fields>) },
        { "has the public field 'X'", typeof(Vector3) },
        { "produces its items one by one, but a message is sent as a whole; use a list, or send or publish", typeof(IAsyncEnumerable<int>) },
        { "produces its items one by one", typeof(Has<IAsyncEnumerable<int>>) },
        { "produces its items one by one", typeof(List<IAsyncEnumerable<int>>) },
        { "produces its items one by one", typeof(Producer) },
        { "is a running task and not data; await it", typeof(Has<Task<int>>) },
        { "is a running task and not data; await it", typeof(List<ValueTask<int>>) },
        { "is a stream and not data", typeof(MemoryStream) },
        { "is a stream and not data", typeof(Has<Stream>) },
        { "is not data", typeof(Has<CancellationToken>) },
        { "would expose internals of the server to clients", typeof(InvalidOperationException) },
        { "is a number that System.Text.Json does not support", typeof(BigInteger) },
        { "declares no properties, so nothing of a value would be written", typeof(IMarker) },
        { "declares no properties", typeof(Has<Unmarked>) },
        { "", typeof(Action) },
        { "", typeof(Has<Type>) },
        { "", typeof(Has<nint>) },
    };

    public static TheoryData<string, Type> NotRead => new()
    {
        { "none of its properties can be set", typeof(Computed) },
        { "none of its properties can be set", typeof(Has<Computed>) },
        { "JSON can't be read into", typeof(INamed) },
        { "JSON can't be read into", typeof(List<INamed>) },
        { "JSON can't be read into", typeof(Mismatched) },
        { "JSON can't be read into", typeof(Dictionary<string, Mismatched>) },
        { "JSON can't be read into", typeof(System.Collections.ObjectModel.ReadOnlyDictionary<string, int>) },
    };

    [Theory, MemberData(nameof(NotWritten))]
    public void A_type_that_cannot_be_written_is_refused_in_every_place(string reason, Type type)
    {
        Action<ChannelBuilder>[] places =
        [
            channel => channel.MapAction("x", Method(nameof(Returning), type)),
            channel => channel.MapAction("x", Method(nameof(Taking), type)),
            channel => channel.OnMessage(Method(nameof(Returning), type)),
            channel => channel.OnConnect(Method(nameof(Returning), type)),
            channel => Declare(channel, nameof(ChannelBuilder.Route), type, "/c"),
            channel => Declare(channel, nameof(ChannelBuilder.AddClientMessage), type),
            channel => DeclareTopic(channel, type),
            channel => DeclareFunction(channel, typeof(NoData), type),
            channel => DeclareFunction(channel, type, typeof(NoData)),
        ];
        foreach (var place in places)
            Assert.Contains(Problems(app => app.WireChannel("c", place)), problem => problem.Contains(reason, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(NotRead))]
    public void A_type_that_cannot_be_read_is_refused_as_input(string reason, Type type)
    {
        Action<ChannelBuilder>[] places =
        [
            channel => channel.MapAction("x", Method(nameof(Taking), type)),
            channel => channel.OnMessage(Method(nameof(Taking), type)),
            channel => Declare(channel, nameof(ChannelBuilder.Route), type, "/c"),
            channel => DeclareFunction(channel, typeof(NoData), type),
        ];
        foreach (var place in places)
            Assert.Contains(Problems(app => app.WireChannel("c", place)), problem => problem.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void A_session_that_JSON_cannot_store_is_refused()
    {
        Assert.Contains("the session is", Assert.Single(Problems(app => app.UseSession(_ => new FieldSession()))), StringComparison.Ordinal);
        Assert.Contains("none of its properties can be set", Assert.Single(Problems(app => app.UseSession(_ => new ComputedSession()))), StringComparison.Ordinal);
    }

    [Fact]
    public void Opening_data_cannot_contain_the_token() => Assert.Equal(
        "the opening data of channel 'c' has the property 'access_token', which is reserved for the token of the connection; rename the property.",
        Assert.Single(Problems(app => app.WireChannel("c", channel => channel.Route<WithToken>("/c")))));

    [Theory]
    [InlineData(typeof(object))]
    [InlineData(typeof(Empty))]
    [InlineData(typeof(Ignored))]
    [InlineData(typeof(Included))]
    [InlineData(typeof(Has<IReadOnlyList<int>>))]
    [InlineData(typeof(Has<Stack<int>>))]
    [InlineData(typeof(Tuple<int, string>))]
    [InlineData(typeof(KeyValuePair<string, int>))]
    public void A_type_that_JSON_can_write_and_read_is_accepted(Type type)
    {
        Assert.Empty(Problems(app => app.WireChannel("c", channel =>
        {
            channel.MapAction("x", Method(nameof(Returning), type));
            channel.MapAction("y", Method(nameof(Taking), type));
        })));
    }

    [Fact]
    public void Results_need_not_be_readable() => Assert.Empty(Problems(app => app.WireChannel("c", channel =>
    {
        channel.MapAction("x", () => new Computed());
        channel.MapAction("y", () => new Mismatched(1));
        channel.MapAction("z", () => (INamed)new Named("n"));
        channel.MapAction("a", () => new { A = 1 });
    })));

    [Fact]
    public async Task Fields_work_if_the_application_includes_them()
    {
        await using var node = await LiveNode.StartAppAsync(app => app
            .ConfigureJson(json => json.IncludeFields = true)
            .WireChannel("test", channel =>
            {
                channel.AllowAnonymous().MapAction("fields", (Fields fields) => fields);
                channel.MapAction("tuple", () => (X: 1, Y: 2));
            }));
        var client = await node.ConnectAsync(enveloped: true);

        Assert.Equal("""{"action":"fields","id":1,"data":{"x":3}}""", await client.AskAsync("""{"action":"fields","id":1,"data":{"x":3}}"""));
        Assert.Equal("""{"action":"tuple","id":2,"data":{"item1":1,"item2":2}}""", await client.AskAsync("""{"action":"tuple","id":2}"""));
        Assert.Equal(["x?: Int32"], TypeText.Of((Akka.Contracts.Types.ObjectDeclaration)((Akka.Contracts.Types.TypeUse.Declared)ContractOf.Wiring(app => app
            .ConfigureJson(json => json.IncludeFields = true)
            .WireChannel("test", channel => channel.MapAction("fields", (Fields _) => { })))
            .Channels[0].Keys[0].Actions[0].Input!).Declaration));
    }

    [Fact]
    public async Task Undeclared_properties_are_an_error_for_the_sender()
    {
        await using var node = await LiveNode.StartAsync(channel => channel.MapAction("x", () => 1));
        var client = await node.ConnectAsync();

        Assert.Throws<NotSupportedException>(() => { client.Channel.TrySend((1, 2)); });
        Assert.Equal(
            EventHubErrorReason.NotSerializable,
            (await Assert.ThrowsAsync<EventHubException>(async () => await node.Hub.PublishAsync(new Topic<Fields>("t"), new Fields()))).Reason);
        Assert.Equal(
            ClientCallErrorReason.Invalid,
            (await Assert.ThrowsAsync<ClientCallException>(async () => await client.Channel.InvokeAsync(new ClientFunction<Fields, int>("f"), new Fields()))).Reason);
    }

    private static IReadOnlyList<string> Problems(Action<PikkuBuilder> wire)
    {
        try
        {
            _ = new TestNode(wire);
            return [];
        }
        catch (PikkuWiringException e)
        {
            return e.Problems;
        }
    }

    private static void Declare(ChannelBuilder channel, string method, Type type, params object[] arguments) => Declare(channel, method, [type], arguments);

    private static void Declare(ChannelBuilder channel, string method, Type[] types, params object[] arguments) => typeof(ChannelBuilder).GetMethods()
        .Single(m => m.Name == method && m.GetGenericArguments().Length == types.Length && m.GetParameters().Length == arguments.Length
            && m.GetParameters().All(p => p.ParameterType == typeof(string)))
        .MakeGenericMethod(types).Invoke(channel, arguments);

    private static void DeclareTopic(ChannelBuilder channel, Type type) =>
        typeof(ChannelBuilderExtensions).GetMethods().Single(m => m.Name == nameof(ChannelBuilderExtensions.WithTopic) && m.GetGenericArguments().Length == 1)
            .MakeGenericMethod(type).Invoke(null, [channel, "t"]);

    private static void DeclareFunction(ChannelBuilder channel, Type input, Type output) =>
        typeof(ChannelBuilder).GetMethod(nameof(ChannelBuilder.AddClientFunction))!.MakeGenericMethod(input, output)
            .Invoke(channel, [Activator.CreateInstance(typeof(ClientFunction<,>).MakeGenericType(input, output), "f")]);

    private static Delegate Method(string name, Type type)
    {
        var method = typeof(FormSpec).GetMethod(name, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!.MakeGenericMethod(type);
        return method.CreateDelegate(name == nameof(Taking) ? typeof(Action<>).MakeGenericType(type) : typeof(Func<>).MakeGenericType(type));
    }

    private static T Returning<T>() => default!;

    private static void Taking<T>(T value) => GC.KeepAlive(value);

    public interface IMarker;

    public interface INamed
    {
        string Name { get; }
    }

    public abstract class Unmarked;

    public sealed record Named(string Name) : INamed;

    public sealed record Has<T>(T? Value);

    public sealed class Fields
    {
        public int X;
    }

    public sealed class PropertyAndField
    {
        public int Y;

        public int X { get; set; }
    }

    public sealed class Included
    {
        [JsonInclude]
        public int X;
    }

    public sealed class Ignored
    {
        [JsonIgnore]
        public int Y;

        public int X { get; set; }
    }

    public sealed record Empty;

    public sealed class Computed
    {
        public int X => 1;
    }

    public sealed class Mismatched(int y)
    {
        public int X { get; } = y;
    }

    public sealed class Producer : IAsyncEnumerable<int>
    {
        public int Count { get; set; }

        public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }

    public sealed class FieldSession : IPikkuSession
    {
        public string? Name;

        public string? UserId { get; init; }
    }

    public sealed class ComputedSession : IPikkuSession
    {
        public string? UserId => "u";
    }

    public sealed record WithToken([property: JsonPropertyName("access_token")] string? Token = null);
}
