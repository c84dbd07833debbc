using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Every kind of type that a message may have, sent back as it came.</summary>
public static class TypesChannel
{
    public static PikkuBuilder WireTypes(this PikkuBuilder pikku) => pikku.WireChannel("types", channel => channel
        .Auth(false)
        .OnMessage("action", on => on
            .On("scalars", (Scalars input) => input)
            .On("optional", (Optional input) => input)
            .On("nested", (Shelf input) => input)
            .On("page", (Page<Book> input) => input)
            .On("drawing", (Drawing input) => input)
            .On("strict", (Strict input) => input.Name)
            .On("firstBook", Book? (Shelf input) => input.Books.Count > 0 ? input.Books[0] : null)));

    /// <summary>Values that are one string, number or boolean.</summary>
    public sealed record Scalars
    {
        public required bool Flag { get; init; }

        public required byte Small { get; init; }

        public required int Count { get; init; }

        /// <summary>Exact in JavaScript up to 2^53.</summary>
        public required long Big { get; init; }

        public required double Ratio { get; init; }

        public required decimal Price { get; init; }

        public required string Text { get; init; }

        public required char Letter { get; init; }

        public required Guid Id { get; init; }

        public required Uri Link { get; init; }

        public required DateTimeOffset At { get; init; }

        public required DateOnly Day { get; init; }

        public required TimeOnly Time { get; init; }

        public required TimeSpan Lasts { get; init; }

        public required byte[] Bytes { get; init; }

        public required Genre Genre { get; init; }

        public required Level Level { get; init; }

        public required JsonElement Anything { get; init; }
    }

    /// <summary>What may be left out, what may be null, and what may be both.</summary>
    /// <param name="Title">May be null, and must be there.</param>
    /// <param name="Limit">20 when it is left out.</param>
    /// <param name="Note">May be left out; null is then the same.</param>
    /// <param name="Rating">From 1 to 5.</param>
    /// <param name="Genre">Of enumerations, too.</param>
    public sealed record Optional(
        string? Title,
        int Limit = 20,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note = null,
        [property: Range(1, 5)] double? Rating = null,
        Genre? Genre = null);

    /// <summary>Books in order, and by their names.</summary>
    public sealed record Shelf(
        IReadOnlyList<Book> Books, IReadOnlyDictionary<string, Book> ByName, IReadOnlyList<string?> Notes, IReadOnlyList<IReadOnlyList<int>> Grid);

    /// <summary>Something to read.</summary>
    /// <param name="Title">At most 100 characters.</param>
    /// <param name="Author">Who wrote it.</param>
    /// <param name="Sequel">The next one.</param>
    public sealed record Book([property: StringLength(100, MinimumLength = 1)] string Title, Person Author, Book? Sequel = null)
    {
        /// <summary>What it was called before.</summary>
        [Obsolete("Use Title.")]
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? OldTitle { get; init; }
    }

    /// <summary>A part of a long list.</summary>
    /// <typeparam name="T">What the list is of.</typeparam>
    /// <param name="Items">The part.</param>
    /// <param name="Next">Where the next part begins; null for the last one.</param>
    public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

    /// <summary>Shapes of all kinds.</summary>
    public sealed record Drawing(IReadOnlyList<Shape> Shapes);

    /// <summary>One of several, told apart by <c>kind</c>.</summary>
    [JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
    [JsonDerivedType(typeof(Circle), "circle")]
    [JsonDerivedType(typeof(Square), "square")]
    public abstract record Shape;

    /// <summary>All points of one distance.</summary>
    public sealed record Circle(double Radius) : Shape;

    /// <summary>Four sides of one length.</summary>
    public sealed record Square(double Side) : Shape
    {
        /// <summary>Turned by so many degrees.</summary>
        public double Turned { get; init; }
    }

    /// <summary>Takes nothing that it does not declare, and names that are no identifiers.</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Strict([property: JsonPropertyName("full-name")] string Name, [property: JsonPropertyName("class")] string? Class = null);

    /// <summary>By name.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<Genre>))]
    public enum Genre
    {
        /// <summary>Invented.</summary>
        [JsonStringEnumMemberName("fiction")]
        Fiction,

        /// <summary>With all its <c>"quotes"</c>.</summary>
        [JsonStringEnumMemberName("non-fiction")]
        NonFiction,
    }

    /// <summary>By number.</summary>
    public enum Level
    {
        Low = 1,
        High = 10,
    }
}

/// <summary>Somebody.</summary>
public sealed record Person(string Name, DateOnly? Born = null);
