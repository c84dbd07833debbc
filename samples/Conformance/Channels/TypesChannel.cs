using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Every kind of type that a message may contain. Each action returns its input.</summary>
public static class TypesChannel
{
    public static PikkuBuilder WireTypes(this PikkuBuilder pikku) => pikku.WireChannel("types", channel =>
    {
        channel.AllowAnonymous().MapAction("scalars", (Scalars input) => input);
        channel.MapAction("optional", (Optional input) => input);
        channel.MapAction("nested", (Shelf input) => input);
        channel.MapAction("page", (Page<Book> input) => input);
        channel.MapAction("drawing", (Drawing input) => input);
        channel.MapAction("strict", (Strict input) => input.Name);
        channel.MapAction("firstBook", Book? (Shelf input) => input.Books.Count > 0 ? input.Books[0] : null);
        channel.MapAction("parameters", (Guid id, [Range(1, 5)] double rating, string? note, IReadOnlyList<Genre> genres, Level level = Level.Low, int? limit = 20) =>
            new Parameters(id, rating, note, genres, level, limit));
        channel.MapAction("allOptional", (int from = 1, int to = 10) => (long)to - from);
    });

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

    /// <summary>Optional properties, nullable properties, and properties that are both.</summary>
    /// <param name="Title">Required; may be null.</param>
    /// <param name="Limit">20 if it is omitted.</param>
    /// <param name="Note">Optional; null means the same as omitting it.</param>
    /// <param name="Rating">From 1 to 5.</param>
    /// <param name="Genre">An optional enumeration.</param>
    public sealed record Optional(
        string? Title,
        int Limit = 20,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note = null,
        [property: Range(1, 5)] double? Rating = null,
        Genre? Genre = null);

    /// <summary>The values of the parameters of an action: its input has them as properties by name.</summary>
    public sealed record Parameters(Guid Id, double Rating, string? Note, IReadOnlyList<Genre> Genres, Level Level, int? Limit);

    /// <summary>Books in a list and by name.</summary>
    public sealed record Shelf(
        IReadOnlyList<Book> Books, IReadOnlyDictionary<string, Book> ByName, IReadOnlyList<string?> Notes, IReadOnlyList<IReadOnlyList<int>> Grid);

    /// <summary>A book.</summary>
    /// <param name="Title">At most 100 characters.</param>
    /// <param name="Author">The author.</param>
    /// <param name="Sequel">The next book of a series.</param>
    public sealed record Book([property: StringLength(100, MinimumLength = 1)] string Title, Person Author, Book? Sequel = null)
    {
        /// <summary>The previous title.</summary>
        [Obsolete("Use Title.")]
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? OldTitle { get; init; }
    }

    /// <summary>One page of a long list.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="Items">The items of this page.</param>
    /// <param name="Next">The start of the next page; null for the last page.</param>
    public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

    /// <summary>Shapes of several types.</summary>
    public sealed record Drawing(IReadOnlyList<Shape> Shapes);

    /// <summary>One of several shapes, distinguished by <c>kind</c>.</summary>
    [JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
    [JsonDerivedType(typeof(Circle), "circle")]
    [JsonDerivedType(typeof(Square), "square")]
    public abstract record Shape;

    /// <summary>A circle.</summary>
    public sealed record Circle(double Radius) : Shape;

    /// <summary>A square.</summary>
    public sealed record Square(double Side) : Shape
    {
        /// <summary>The rotation in degrees.</summary>
        public double Turned { get; init; }
    }

    /// <summary>Rejects undeclared properties, and has names that are not identifiers.</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Strict([property: JsonPropertyName("full-name")] string Name, [property: JsonPropertyName("class")] string? Class = null);

    /// <summary>An enumeration that is written by name.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<Genre>))]
    public enum Genre
    {
        /// <summary>Invented stories.</summary>
        [JsonStringEnumMemberName("fiction")]
        Fiction,

        /// <summary>Everything else, with <c>"quotes"</c>.</summary>
        [JsonStringEnumMemberName("non-fiction")]
        NonFiction,
    }

    /// <summary>An enumeration that is written as a number.</summary>
    public enum Level
    {
        Low = 1,
        High = 10,
    }
}

/// <summary>A person.</summary>
public sealed record Person(string Name, DateOnly? Born = null);
