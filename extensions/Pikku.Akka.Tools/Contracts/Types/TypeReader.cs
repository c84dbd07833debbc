using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Namotion.Reflection;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Functions.Input.Rules;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Contracts.Types;

/// <summary>
/// Reads C# types as they appear in JSON. Properties and their names come from System.Text.Json; nullability, summaries and deprecation
/// come
/// from the declarations. Use one reader per contract, because a type that is read again gets the same declaration.
/// </summary>
/// <param name="json">The JSON options of the application.</param>
internal sealed class TypeReader(JsonSerializerOptions json)
{
    private readonly Dictionary<(Type Type, Direction Direction, string Form), Declaration> _declarations = [];

    /// <summary>All declarations that have been read.</summary>
    public IReadOnlyCollection<Declaration> Declarations => _declarations.Values;

    /// <summary>The name for the next anonymous type.</summary>
    public string Place { get; set; } = "";

    public TypeUse Read(Type type, Direction direction) => Read(type.ToContextualType(), direction);

    public TypeUse Read(ContextualType type, Direction direction) => Read(type, direction, json.NumberHandling);

    private TypeUse Read(ContextualType type, Direction direction, JsonNumberHandling numbers) =>
        Of(type, direction, numbers).OrNull(type.Nullability == Nullability.Nullable);

    private TypeUse Of(ContextualType context, Direction direction, JsonNumberHandling numbers)
    {
        var type = context.Type; // For Nullable<T> this is T.
        if (Scalars.Of(type) is { } scalar && json.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.None } known)
            // The output of the application's own converters is unknown.
            return new TypeUse.Scalar(IsOfFramework(known.Converter) ? Scalars.Of(type, numbers, direction) : ScalarKind.Any);
        if (type == typeof(JsonObject))
            return new TypeUse.Map(new TypeUse.Scalar(ScalarKind.Any));
        if (type == typeof(JsonArray))
            return new TypeUse.List(new TypeUse.Scalar(ScalarKind.Any));
        if (type.IsEnum)
            return Enum(type, json, direction);
        var info = json.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => new TypeUse.List(Read(ItemOf(context, info), direction, OfItems(info, numbers))),
            JsonTypeInfoKind.Dictionary => new TypeUse.Map(Read(ValueOf(context, info), direction, OfItems(info, numbers))),
            JsonTypeInfoKind.Object => new TypeUse.Declared(Declare(info, direction)),
            // A converter of the application: its output is unknown.
            _ => new TypeUse.Scalar(ScalarKind.Any),
        };
    }

    // The number handling of a property or type applies to the numbers in a list or dictionary, but not to those in nested lists.
    private JsonNumberHandling OfItems(JsonTypeInfo info, JsonNumberHandling numbers)
    {
        var item = System.Nullable.GetUnderlyingType(info.ElementType!) ?? info.ElementType!;
        return Scalars.Of(item) is { } kind && Scalars.IsNumber(kind) ? info.NumberHandling ?? numbers : json.NumberHandling;
    }

    private static bool IsOfFramework(JsonConverter converter) => converter.GetType().Assembly == typeof(JsonSerializer).Assembly;

    private static ContextualType ItemOf(ContextualType list, JsonTypeInfo info) =>
        (list.ElementType ?? (list.GenericArguments is [var only] ? only : list.EnumerableItemType)) is { } item && item.OriginalType == info.ElementType
            ? item
            : info.ElementType!.ToContextualType();

    private static ContextualType ValueOf(ContextualType map, JsonTypeInfo info) =>
        map.GenericArguments is [_, var value] && value.OriginalType == info.ElementType ? value : info.ElementType!.ToContextualType();

    private TypeUse Enum(Type type, JsonSerializerOptions options, Direction direction)
    {
        var names = System.Enum.GetNames(type);
        var json = names.Select(name => Written(System.Enum.Parse(type, name), options)).ToArray();
        // A converter of the application may write any JSON.
        if (json.Any(value => value?.GetValueKind() is not (JsonValueKind.String or JsonValueKind.Number)))
            return new TypeUse.Scalar(ScalarKind.Any);
        // Flags can be combined, so a list of the values is not complete.
        if (type.IsDefined(typeof(FlagsAttribute), inherit: false))
            return json is [{ } first, ..] && first.GetValueKind() == JsonValueKind.String
                ? new TypeUse.Scalar(ScalarKind.String)
                : new TypeUse.Scalar(Scalars.Of(System.Enum.GetUnderlyingType(type))!.Value);
        var form = string.Join(',', json.Select(value => value!.ToJsonString()));
        if (_declarations.TryGetValue((type, direction, form), out var known))
            return new TypeUse.Declared(known);
        var values = names.Zip(json, (name, value) => new EnumValue(name, value!, Text(type.GetField(name)!.GetXmlDocsSummary())));
        var declaration = new EnumDeclaration(type, direction)
        {
            Form = form, Values = [.. values.DistinctBy(value => value.Json.ToJsonString())], Summary = Text(type.GetXmlDocsSummary()),
            Deprecated = Obsolete(type),
        };
        _declarations.Add((type, direction, form), declaration);
        return new TypeUse.Declared(declaration);
    }

    private static JsonNode? Written(object value, JsonSerializerOptions options) => JsonSerializer.SerializeToNode(value, value.GetType(), options);

    private Declaration Declare(JsonTypeInfo info, Direction direction)
    {
        if (_declarations.TryGetValue((info.Type, direction, ""), out var known))
            return known;
        if (info.PolymorphismOptions is not { } options || options.DerivedTypes.All(derived => derived.TypeDiscriminator is null))
            return Object(info, direction);

        var union = new UnionDeclaration(info.Type, direction)
        {
            Discriminator = options.TypeDiscriminatorPropertyName, Summary = Text(info.Type.GetXmlDocsSummary()), Deprecated = Obsolete(info.Type),
        };
        _declarations.Add((info.Type, direction, ""), union);
        if (!info.Type.IsAbstract && options.DerivedTypes.All(derived => derived.DerivedType != info.Type))
            union.Cases.Add(new UnionCase(null, Fill(new ObjectDeclaration(info.Type, direction), info)));
        foreach (var derived in options.DerivedTypes)
        {
            var its = json.GetTypeInfo(derived.DerivedType);
            // If a case is itself a union, that union has its own declaration; here only its properties count.
            var shape = its.PolymorphismOptions is not null ? Fill(new ObjectDeclaration(its.Type, direction), its)
                : _declarations.GetValueOrDefault((its.Type, direction, "")) as ObjectDeclaration ?? Object(its, direction);
            union.Cases.Add(new UnionCase(JsonSerializer.SerializeToNode(derived.TypeDiscriminator), shape));
        }

        return union;
    }

    private ObjectDeclaration Object(JsonTypeInfo info, Direction direction)
    {
        var declaration = new ObjectDeclaration(info.Type, direction) { Place = Place, Summary = Text(info.Type.GetXmlDocsSummary()), Deprecated = Obsolete(info.Type) };
        _declarations.Add((info.Type, direction, ""), declaration);
        return Fill(declaration, info);
    }

    private ObjectDeclaration Fill(ObjectDeclaration declaration, JsonTypeInfo info)
    {
        declaration.ForbidsOthers = declaration.Direction == Direction.Input
            && (info.UnmappedMemberHandling ?? json.UnmappedMemberHandling) == JsonUnmappedMemberHandling.Disallow;
        foreach (var property in info.Properties)
        {
            if (property.IsExtensionData)
                declaration.Others = new TypeUse.Scalar(ScalarKind.Any);
            else if (declaration.Direction == Direction.Input ? InputShape.IsRead(property) : property.Get is not null && Ignored(property) != JsonIgnoreCondition.WhenWriting)
                declaration.Properties.Add(declaration.Direction == Direction.Input ? Input(property, info) : Output(property, info));
        }

        return declaration;
    }

    private static JsonIgnoreCondition? Ignored(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true) is [JsonIgnoreAttribute ignore] ? ignore.Condition : null;

    private PropertyShape Output(JsonPropertyInfo property, JsonTypeInfo owner)
    {
        var type = TypeOf(property, owner, Direction.Output).OrNull(IsNullable(property, property.IsGetNullable));
        var omitted = Ignored(property) ?? json.DefaultIgnoreCondition;
        return Described(property, type) with
        {
            IsRequired = omitted switch
            {
                // Any JSON may be null, so the type does not show it.
                JsonIgnoreCondition.WhenWritingNull => type is not (TypeUse.Nullable or TypeUse.Scalar { Kind: ScalarKind.Any }),
                JsonIgnoreCondition.WhenWritingDefault => false,
                // Without an attribute, a modifier of the application decides for each value.
                _ => property.ShouldSerialize is null || Ignored(property) is not null,
            },
            // A property that is omitted instead of being null is never null.
            Type = omitted is JsonIgnoreCondition.WhenWritingNull or JsonIgnoreCondition.WhenWritingDefault ? type.WithoutNull : type,
        };
    }

    private PropertyShape Input(JsonPropertyInfo property, JsonTypeInfo owner)
    {
        var rules = property.AttributeProvider is PropertyInfo declared ? MemberAttributes.PlainOf(declared, owner.Type) : [];
        var mustBe = rules.OfType<RequiredAttribute>().Any();
        // A read-only property is filled in place, so it is not set to null.
        var isFilled = property.Set is null && property.AssociatedParameter is null;
        var type = TypeOf(property, owner, Direction.Input).OrNull(IsNullable(property, isFilled ? property.IsGetNullable : property.IsSetNullable));
        return Described(property, mustBe ? type.WithoutNull : type) with
        {
            // If the property is missing it is null, which breaks the rule.
            IsRequired = property.IsRequired || (mustBe && type is TypeUse.Nullable),
            // [Required] rejects blank strings; for other types it rejects only null.
            Rules = ValueRules.Of(rules.Where(rule => rule is not RequiredAttribute || property.PropertyType == typeof(string)), json),
            Default = property.AssociatedParameter is { HasDefaultValue: true, DefaultValue: { } value } ? Default(value, property) : null,
        };
    }

    private static bool IsNullable(JsonPropertyInfo property, bool takesNull)
    {
        if (property.PropertyType.IsValueType)
            return false; // TypeUse shows that Nullable<T> may be null.
        // System.Text.Json treats every type parameter as nullable; its declaration is more precise.
        return property.AttributeProvider is PropertyInfo { DeclaringType: { IsGenericType: true } owner } member
            && owner.GetGenericTypeDefinition().GetProperty(member.Name)?.PropertyType.IsGenericParameter == true
            ? member.ToContextualProperty().Nullability == Nullability.Nullable
            : takesNull;
    }

    private static JsonNode? Default(object value, JsonPropertyInfo property) =>
        JsonSerializer.SerializeToNode(property.PropertyType.IsEnum ? System.Enum.ToObject(property.PropertyType, value) : value, property.Options);

    private static PropertyShape Described(JsonPropertyInfo property, TypeUse type)
    {
        var member = property.AttributeProvider as MemberInfo;
        return new PropertyShape(property.Name, member?.Name ?? property.Name, type, IsRequired: true)
        {
            Summary = member is null ? null : Text(member.GetXmlDocsSummary()), Deprecated = member is null ? null : Obsolete(member),
        };
    }

    private TypeUse TypeOf(JsonPropertyInfo property, JsonTypeInfo owner, Direction direction)
    {
        var context = property.AttributeProvider switch
        {
            PropertyInfo member when member.PropertyType == property.PropertyType => member.ToContextualProperty().PropertyType,
            FieldInfo field when field.FieldType == property.PropertyType => field.ToContextualField().FieldType,
            _ => property.PropertyType.ToContextualType(),
        };
        var isNullable = System.Nullable.GetUnderlyingType(property.PropertyType) is not null;
        if (property.CustomConverter is { } converter)
            return Converted(context.Type, converter, direction).OrNull(isNullable);
        return Of(context, direction, property.NumberHandling ?? owner.NumberHandling ?? json.NumberHandling).OrNull(isNullable);
    }

    // Properties may have a converter that writes enumerations by name; the output of other converters is unknown.
    private TypeUse Converted(Type type, JsonConverter converter, Direction direction)
    {
        if (!type.IsEnum)
            return new TypeUse.Scalar(ScalarKind.Any);
        var options = new JsonSerializerOptions(json);
        options.Converters.Insert(0, converter);
        return converter.CanConvert(type) ? Enum(type, options, direction) : new TypeUse.Scalar(ScalarKind.Any);
    }

    private static string? Obsolete(MemberInfo member) => member.GetCustomAttribute<ObsoleteAttribute>() is { } obsolete ? obsolete.Message ?? "" : null;

    private static string? Text(string documentation) => string.IsNullOrWhiteSpace(documentation) ? null : documentation.Trim();
}
