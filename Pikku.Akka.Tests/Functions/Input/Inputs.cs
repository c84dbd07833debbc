using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pikku.Akka.Tests.Functions.Input;

/// <summary>Input types as applications write them.</summary>
public static class Inputs
{
    public enum Color
    {
        Red = 1,
        Blue = 2,
    }

    [Flags]
    public enum Days
    {
        None = 0,
        Monday = 1,
        Tuesday = 2,
    }

    public record Plain(string Title, int Count = 3, string? Note = null);

    public record Numbers(
        byte Small = 0, int Whole = 0, long Large = 0, double Ratio = 0, decimal Price = 0, bool Flag = false, Guid Id = default,
        DateTimeOffset At = default, DateOnly Day = default, TimeOnly Time = default, TimeSpan Span = default, int? Maybe = null,
        Uri? Link = null, byte[]? Bytes = null);

    public sealed class WithRequired
    {
        public required string Name { get; init; }

        public required int Age { get; init; }

        public int Size { get; set; } = 7;
    }

    public record Order(string Customer, Item[] Items, Dictionary<string, Item>? Extras = null, Item? Gift = null);

    public record Item(string Title, int Quantity);

    public record Lists(string[]? Tags = null, List<int>? Ids = null, IReadOnlyList<Color>? Colors = null, Filter? Filter = null);

    public record Filter(HashSet<string> Names);

    public record Matrix(List<List<int>> Rows);

    public record LooseNumbers([property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] int Count, string Title);

    public record LooseList([property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] List<int> Ids);

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public record Closed(string Title, ClosedPart? Part = null);

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public record ClosedPart(int X = 0);

    public sealed class Open
    {
        public string Title { get; set; } = "";

        [JsonExtensionData]
        public Dictionary<string, JsonElement> Rest { get; set; } = [];
    }

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
    [JsonDerivedType(typeof(Circle), "circle")]
    [JsonDerivedType(typeof(Square), "square")]
    public abstract record Shape;

    public record Circle([Range(0.0, 10.0)] double Radius) : Shape;

    public record Square(double Side) : Shape;

    public record Painted(Color Color, Days Days = Days.None, Color? Maybe = null, List<Color>? More = null);

    public record HasData(JsonElement Data);

    public record HasAction(string Action);

    public record Signup(
        [Required, StringLength(10, MinimumLength = 2)] string Name,
        [property: EmailAddress] string? Email = null,
        [Range(1, 120)] int Age = 18,
        [RegularExpression("^[a-z]+$")] string Slug = "slug",
        [AllowedValues("admin", "user")] string Role = "user",
        [Url] string? Site = null,
        [Length(1, 3)] string[]? Tags = null,
        [MinLength(1), MaxLength(2)] List<int>? Ids = null,
        [Even] int Number = 0);

    public record Team(
        [Required] string Name, List<Member> Members, Dictionary<string, Member>? ByRole = null, List<List<Member>>? Groups = null);

    public record Member([property: JsonPropertyName("display_name"), MinLength(2)] string Name, Address? Address = null);

    public record struct Address([MaxLength(5)] string Zip);

    public record Node([Range(0, 9)] int Value, List<Node>? Children = null)
    {
        public Node Self => this;
    }

    public abstract record Animal([MinLength(2)] string Name);

    public record Dog(string Name, [Range(1, 20)] int Age) : Animal(Name);

    public record Period(DateOnly From, DateOnly To) : IValidatableObject
    {
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (!ReferenceEquals(validationContext.ObjectInstance, this))
                yield return new ValidationResult("not my instance");
            if (To < From)
                yield return new ValidationResult("ends before it begins");
            if (From.Year < 2000)
                yield return new ValidationResult("is too early", [nameof(From)]);
        }
    }

    public record Booking(Period Period, List<Period>? More = null);

    public record Passwords(string Password, [property: Compare(nameof(Passwords.Password))] string Again);

    public record Account(Passwords Passwords);

    public record NeedsService([Known] string Code);

    public record Broken([Throws] string Code);

    public record Mismatched([MaxLength(3)] int Number);

    public record Slow([property: RegularExpression("^(a+)+$", MatchTimeoutInMilliseconds = 20)] string Text);

    [Consistent]
    public record Sum(int A, int B, int Total);

    [JsonConverter(typeof(MoneyConverter))]
    public record Money(decimal Amount, string Currency);

    public record Priced(Money Price, string Title);

    public record Room(
        int RoomId, [Range(1, 100)] int Limit = 10, bool Live = false, Color Color = Color.Red,
        DateOnly? Since = null, List<long>? Ids = null, string[]? Tags = null);

    public record Unreadable(IDisposable Thing);

    public record Wide(
        [Range(1, 9)] int A, string B, Color C, List<int> D, Dictionary<string, double>? E, Member? F, Shape? G,
        DateTime? H, bool? I, Guid? J);

    public sealed class EvenAttribute : ValidationAttribute
    {
        public override bool IsValid(object? value) => value is int number && number % 2 == 0;

        public override string FormatErrorMessage(string name) => $"{name} must be even";
    }

    public sealed class ThrowsAttribute : ValidationAttribute
    {
        public override bool IsValid(object? value) => throw new TimeoutException("database db-7 is down");
    }

    public sealed class KnownAttribute : ValidationAttribute
    {
        protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
            ((HashSet<string>)validationContext.GetService(typeof(HashSet<string>))!).Contains((string)value!)
                ? ValidationResult.Success
                : new ValidationResult("is unknown");
    }

    public sealed class ConsistentAttribute : ValidationAttribute
    {
        protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
            value is Sum sum && sum.A + sum.B == sum.Total
                ? ValidationResult.Success
                : new ValidationResult("does not add up", [nameof(Sum.Total)]);
    }

    public sealed class MoneyConverter : JsonConverter<Money>
    {
        public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && reader.GetString()!.Split(' ') is [var amount, var currency]
                ? new Money(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), currency)
                : throw new JsonException("Pikku.Akka.Money expects text");

        public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) =>
            writer.WriteStringValue($"{value.Amount} {value.Currency}");
    }
}
