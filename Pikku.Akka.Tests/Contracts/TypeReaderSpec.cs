using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.Contracts.Types;
using Xunit;

namespace Pikku.Akka.Tests.Contracts;

/// <summary>The contract describes types as they are in JSON.</summary>
[Trait("Rule", "M1")]
public sealed class TypeReaderSpec
{
    public static TheoryData<Type, string> Uses => new()
    {
        { typeof(bool), "Boolean" },
        { typeof(int), "Int32" },
        { typeof(int?), "Int32?" },
        { typeof(ulong), "UInt64" },
        { typeof(Int128), "Integer" },
        { typeof(decimal), "Decimal" },
        { typeof(string), "String" },
        { typeof(char), "Char" },
        { typeof(Guid), "Guid" },
        { typeof(Uri), "Uri" },
        { typeof(DateTime), "DateTime" },
        { typeof(DateTimeOffset), "DateTimeOffset" },
        { typeof(DateOnly), "DateOnly" },
        { typeof(TimeOnly), "TimeOnly" },
        { typeof(TimeSpan), "TimeSpan" },
        { typeof(byte[]), "Bytes" },
        { typeof(ReadOnlyMemory<byte>), "Bytes" },
        { typeof(object), "Any" },
        { typeof(JsonElement), "Any" },
        { typeof(JsonElement?), "Any" },
        { typeof(JsonObject), "{Any}" },
        { typeof(JsonArray), "[Any]" },
        { typeof(int[]), "[Int32]" },
        { typeof(int?[]), "[Int32?]" },
        { typeof(List<List<string>>), "[[String]]" },
        { typeof(ImmutableArray<int>), "[Int32]" },
        { typeof(HashSet<Guid>), "[Guid]" },
        { typeof(Dictionary<string, int>), "{Int32}" },
        { typeof(IReadOnlyDictionary<Guid, List<bool>>), "{[Boolean]}" },
        { typeof(Access), "Int32" },
        { typeof(NamedAccess), "String" },
        { typeof(Money), "Any" },
        { typeof(Days), "[String]" },
    };

    [Theory]
    [MemberData(nameof(Uses))]
    public void Reads_a_type_where_it_is_used(Type type, string expected)
    {
        var reader = new TypeReader(Web());

        Assert.Equal(expected, TypeText.Of(reader.Read(type, Direction.Input)));
        Assert.Equal(expected, TypeText.Of(reader.Read(type, Direction.Output)));
        Assert.Empty(reader.Declarations);
    }

    [Fact]
    public void An_input_may_omit_properties_with_defaults_and_an_output_contains_all()
    {
        Assert.Equal(["a: String", "b?: String?", "c?: Int32", "d: String?", "e?: [String?]", "f?: String?", "g: Int32?"], Properties<Mixed>(Direction.Input));
        Assert.Equal(
            ["a: String", "b: String?", "c: Int32", "d: String?", "e: [String?]", "f?: String", "g: Int32?", "twice: Int32"],
            Properties<Mixed>(Direction.Output));
    }

    [Fact]
    public void A_property_with_a_Required_attribute_is_required() => Assert.Equal(["name: String"], Properties<Demanded>(Direction.Input));

    [Fact]
    public void Nullability_of_items_and_values_comes_from_the_declaration() => Assert.Equal(
        ["items: [String?]", "map: {String?}", "deep: {[Int32?]}", "plain: [String]"], Properties<Inner>(Direction.Output));

    [Fact]
    public void A_type_parameter_is_nullable_only_if_it_is_declared_so() => Assert.Equal(
        ["value: String", "other: String?"], Properties<Pair<string, string>>(Direction.Output));

    [Fact]
    public void Numbers_written_as_text_are_strings() => Assert.Equal(
        ["big: NumberText", "many: [NumberText]"], Properties<Written>(Direction.Output));

    [Fact]
    public void Enumerations_have_their_JSON_values()
    {
        Assert.Equal(["1", "2"], Enum<ByNumber>().Values.Select(value => value.Json.ToJsonString()));
        Assert.Equal(["\"first\"", "\"Second\""], Enum<ByName>().Values.Select(value => value.Json.ToJsonString()));
        var options = Web();
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        Assert.Equal(["\"one\"", "\"two\""], Enum<ByNumber>(options).Values.Select(value => value.Json.ToJsonString()));
    }

    [Fact]
    public void An_enumeration_may_be_written_differently_in_one_property()
    {
        var type = Assert.IsType<ObjectDeclaration>(Declaration<Chosen>(Direction.Output));
        var property = Assert.IsType<TypeUse.Declared>(type.Properties[0].Type);

        Assert.Equal(["\"One\"", "\"Two\""], Assert.IsType<EnumDeclaration>(property.Declaration).Values.Select(value => value.Json.ToJsonString()));
    }

    [Fact]
    public void Derived_types_are_the_cases_of_a_union()
    {
        var union = Assert.IsType<UnionDeclaration>(Declaration<Animal>(Direction.Output));

        Assert.Equal("kind", union.Discriminator);
        Assert.Equal([("\"cat\"", typeof(Cat)), ("2", typeof(Dog))], union.Cases.Select(c => (c.Value!.ToJsonString(), c.Object.Type)));
        Assert.Equal(["lives: Int32", "name: String"], TypeText.Of(union.Cases[0].Object));
    }

    [Fact]
    public void A_base_type_that_is_not_abstract_is_a_case_without_a_discriminator()
    {
        var union = Assert.IsType<UnionDeclaration>(Declaration<Vehicle>(Direction.Output));

        Assert.Equal([null, "\"car\""], union.Cases.Select(c => c.Value?.ToJsonString()));
        Assert.Equal("$type", union.Discriminator);
    }

    [Theory]
    [InlineData(typeof(Machine), typeof(Robot))]
    [InlineData(typeof(Robot), typeof(Machine))]
    public void A_case_may_itself_be_a_union(Type first, Type second)
    {
        var reader = new TypeReader(Web());
        foreach (var type in new[] { first, second })
            reader.Read(type, Direction.Output);
        DeclarationNames.Assign(reader.Declarations);

        Assert.Equal(["Android", "Machine", "Robot"], reader.Declarations.Select(declaration => declaration.Name).Order(StringComparer.Ordinal));
        var unions = reader.Declarations.OfType<UnionDeclaration>().ToDictionary(union => union.Name);
        Assert.Equal(["robot", "android"], unions["Machine"].Cases.Select(one => (string)one.Value!));
        Assert.Equal(["arms: Int32"], TypeText.Of(unions["Machine"].Cases[0].Object));
        Assert.Equal([null, "droid"], unions["Robot"].Cases.Select(one => (string?)one.Value));
    }

    [Fact]
    public void Reading_types_that_contain_themselves_ends()
    {
        Assert.Equal(["next?: Node?", "children?: [Node]"], Properties<Node>(Direction.Input));
        Assert.Equal(["next: Node?", "children: [Node]"], Properties<Node>(Direction.Output));
    }

    [Fact]
    public void Keeps_rules_that_a_schema_can_express()
    {
        var rules = Assert.IsType<ObjectDeclaration>(Declaration<Ruled>(Direction.Input)).Properties.ToDictionary(p => p.Name, p => p.Rules);

        Assert.Equal(new ValueRules { MinLength = 2, MaxLength = 5 }, rules["text"]);
        Assert.Equal(new ValueRules { MinLength = 1, Format = "email" }, rules["mail"]);
        Assert.Equal(new ValueRules { Minimum = 1, Maximum = 9, IsMaximumExclusive = true }, rules["count"]);
        Assert.Equal(new ValueRules { Minimum = 0 }, rules["ratio"]);
        Assert.Equal(new ValueRules { MaxLength = 3 }, rules["items"]);
        Assert.Equal(new ValueRules { Pattern = "^a+$" }, rules["pattern"]);
        Assert.Equal(["\"x\"", "\"y\""], rules["choice"].Allowed!.Select(value => value!.ToJsonString()));
    }

    [Fact]
    public void Keeps_defaults_and_documentation()
    {
        var type = Assert.IsType<ObjectDeclaration>(Declaration<Told>(Direction.Input));

        Assert.Equal("Something told.", type.Summary);
        Assert.Equal("How many.", type.Properties[0].Summary);
        Assert.Equal("20", type.Properties[0].Default!.ToJsonString());
        Assert.Equal("\"first\"", type.Properties[1].Default!.ToJsonString());
        Assert.Equal("Use Count.", type.Properties[2].Deprecated);
        Assert.Equal("Long ago.", type.Properties[2].Summary);
    }

    [Fact]
    public void Undeclared_properties_are_kept_or_rejected()
    {
        Assert.Equal("Any", TypeText.Of(Assert.IsType<ObjectDeclaration>(Declaration<Open>(Direction.Output)).Others));
        Assert.True(Assert.IsType<ObjectDeclaration>(Declaration<Closed>(Direction.Input)).ForbidsOthers);
        Assert.False(Assert.IsType<ObjectDeclaration>(Declaration<Closed>(Direction.Output)).ForbidsOthers);
    }

    private static JsonSerializerOptions Web() => new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    private static string[] Properties<T>(Direction direction) => TypeText.Of(Assert.IsType<ObjectDeclaration>(Declaration<T>(direction)));

    private static EnumDeclaration Enum<T>(JsonSerializerOptions? json = null) => Assert.IsType<EnumDeclaration>(Declaration<T>(Direction.Output, json));

    private static Declaration Declaration<T>(Direction direction, JsonSerializerOptions? json = null)
    {
        var reader = new TypeReader(json ?? Web());
        var type = Assert.IsType<TypeUse.Declared>(reader.Read(typeof(T), direction)).Declaration;
        DeclarationNames.Assign(reader.Declarations);
        return type;
    }

    [Flags]
    private enum Access
    {
        Read = 1,
        Write = 2,
    }

    [Flags]
    [JsonConverter(typeof(JsonStringEnumConverter<NamedAccess>))]
    private enum NamedAccess
    {
        Read = 1,
        Write = 2,
    }

    private enum ByNumber
    {
        One = 1,
        Two = 2,
    }

    [JsonConverter(typeof(JsonStringEnumConverter<ByName>))]
    private enum ByName
    {
        [JsonStringEnumMemberName("first")]
        First,
        Second,
    }

    [JsonConverter(typeof(MoneyConverter))]
    private readonly record struct Money(decimal Amount);

    private sealed class Days : List<string>;

    private sealed record Mixed(string A, string? B = null, int C = 3)
    {
        public required string? D { get; init; }

        public List<string?> E { get; init; } = [];

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? F { get; init; }

        public required int? G { get; init; }

        public int Twice => C * 2;

        [JsonIgnore]
        public int Never { get; init; }
    }

    private sealed record Demanded
    {
        [Required]
        public string? Name { get; init; }
    }

    private sealed record Inner(IReadOnlyList<string?> Items, Dictionary<string, string?> Map, IReadOnlyDictionary<string, int?[]> Deep, string[] Plain);

    private sealed record Pair<TOne, TOther>(TOne Value, TOther? Other);

    private sealed record Written
    {
        [JsonNumberHandling(JsonNumberHandling.WriteAsString)]
        public long Big { get; init; }

        [JsonNumberHandling(JsonNumberHandling.WriteAsString)]
        public int[] Many { get; init; } = [];
    }

    private sealed record Chosen([property: JsonConverter(typeof(JsonStringEnumConverter<ByNumber>))] ByNumber Choice);

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
    [JsonDerivedType(typeof(Cat), "cat")]
    [JsonDerivedType(typeof(Dog), 2)]
    private abstract record Animal(string Name);

    private sealed record Cat(string Name, int Lives) : Animal(Name);

    private sealed record Dog(string Name) : Animal(Name);

    [JsonDerivedType(typeof(Car), "car")]
    private record Vehicle;

    private sealed record Car : Vehicle;

    [JsonDerivedType(typeof(Robot), "robot")]
    [JsonDerivedType(typeof(Android), "android")]
    private abstract record Machine;

    [JsonDerivedType(typeof(Android), "droid")]
    private record Robot(int Arms) : Machine;

    private sealed record Android(int Arms) : Robot(Arms);

    private sealed class Node
    {
        public Node? Next { get; init; }

        public IReadOnlyList<Node> Children { get; init; } = [];
    }

    private sealed record Ruled
    {
        [StringLength(5, MinimumLength = 2)]
        public string Text { get; init; } = "";

        [Required, EmailAddress]
        public string? Mail { get; init; }

        [Range(1, 9, MaximumIsExclusive = true)]
        public int Count { get; init; }

        [Range(0, double.MaxValue)]
        public double Ratio { get; init; }

        [MaxLength(3)]
        public int[] Items { get; init; } = [];

        [RegularExpression("^a+$")]
        public string? Pattern { get; init; }

        [AllowedValues("x", "y")]
        public string? Choice { get; init; }
    }

    /// <summary>Something told.</summary>
    /// <param name="Count">How many.</param>
    /// <param name="Name">Which.</param>
    private sealed record Told(int Count = 20, ByName Name = ByName.First)
    {
        /// <summary>Long ago.</summary>
        [Obsolete("Use Count.")]
        public int Old { get; init; }
    }

    private sealed record Open
    {
        [JsonExtensionData]
        public Dictionary<string, JsonElement>? Rest { get; init; }
    }

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    private sealed record Closed(int A);

    private sealed class MoneyConverter : JsonConverter<Money>
    {
        public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetDecimal());

        public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Amount);
    }
}
