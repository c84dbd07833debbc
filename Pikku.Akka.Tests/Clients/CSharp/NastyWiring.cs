using System.Text.Json.Serialization;
using Pikku.Akka.Tests.Support;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>Names that are invalid in C#, have another meaning there, or become keywords.</summary>
internal static class NastyWiring
{
    public static void Wire(PikkuBuilder pikku) => pikku
        .WireChannel("1-todos live", channel =>
        {
            channel.Route("/{class}/{id:int?}")
                .AllowAnonymous()
                .WithTopic<Rooms, Action>("room:{class}:{class2}")
                .WithTopic<string, Action>("a:{handler}")
                .WithTopic<string, Type>("{any}")
                .WithTopic<Type>("message")
                .AddClientMessage<Type>()
                .AddClientMessage<string>()
                .AddClientFunction(new ClientFunction<Class, Class?>("class"))
                .AddClientFunction(new ClientFunction<NoData, NoData>("no thing"))
                .MapAction("class", (Class input) => input);
            channel.AddTopic(new Topic<int, Action>("sub:{handler}")).AllowSubscribe();
            channel.AddTopic(new Topic<Rooms, Action>("sub2/{class}:{class2}")).AllowSubscribe();
            channel.AddTopic(new Topic<Type>("to\"quoted\"")).AllowSubscribe();
            channel.MapAction("items", (Class input) => AsyncEnumerable.Empty<Class?>());
            channel.MapAction("a b", (Odd input) => input);
            channel.MapAction("a-b", ([FromData] int input) => input);
            channel.MapAction("A B", (IReadOnlyList<Odd>? input) => new { @class = 1, Clone = "x" });
            channel.MapAction("parameters", (string @class, int? Clone, int type = 1, bool ToString = true, params string[] equals) => { });
            channel.MapAction("connect", () => { });
            channel.MapAction("send", () => "");
            channel.MapAction("\"quoted\\\u0000\"", (PikkuContext context) => (Type?)null);
            channel.MapAction("ä", (OneRoute input) => input);
            channel.RoutingKey("state").MapAction("x", () => 1);
            channel.RoutingKey("class").MapAction("toString", () => 1);
        })
        .WireChannel("route", channel => channel.AllowAnonymous().OnMessage((Odd odd) => odd))
        .WireChannel("one", channel => channel.AllowAnonymous().OnMessage((string text) => text))
        .WireChannel("text-only", channel => channel.AllowAnonymous().OnMessage((string text) => { }))
        .WireChannel("pets", channel =>
        {
            channel.AllowAnonymous().MapAction("keep", (Pet pet) => pet);
            channel.MapAction("name", (Shape shape) => shape);
        });

    /// <summary>Has the same name as a class of the client, and &lt;markup&gt; in its documentation.</summary>
    public sealed record OneRoute(int Number, OneRoute? Next = null);

    public sealed record Class([property: JsonPropertyName("class")] string ItsClass, [property: JsonPropertyName("1x")] int OneX);

    public sealed record Rooms([property: JsonPropertyName("class")] string ItsClass, int Class2);

    public sealed record Action(int Value);

    public sealed record Type(TimeSpan TimeSpan, string? Text = "default");

    public sealed record Odd([property: JsonPropertyName("Odd")] int SameAsTheType, [property: Obsolete("Use \"another\" one.")] object Any, string? Text = "x");

    [JsonConverter(typeof(JsonStringEnumConverter<Kind>))]
    public enum Kind
    {
        [JsonStringEnumMemberName("a \"b\"")]
        @class,
        Unknown,
    }

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
    [JsonDerivedType(typeof(Cat), "cat")]
    [JsonDerivedType(typeof(Dog), 7)]
    public abstract record Pet(string Name, Kind Kind2);

    public sealed record Cat(string Name, Kind Kind2, int Lives = 9) : Pet(Name, Kind2);

    public sealed record Dog(string Name, Kind Kind2) : Pet(Name, Kind2);

    [JsonDerivedType(typeof(Shape), "shape")]
    [JsonDerivedType(typeof(Circle), "circle")]
    public record Shape(string Name);

    public sealed record Circle(string Name, double Radius) : Shape(Name);
}
