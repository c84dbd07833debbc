using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka.Contracts;
using Pikku.Akka.Contracts.Types;
using static Pikku.Akka.Clients.CSharp.SourceText;

namespace Pikku.Akka.Clients.CSharp;

/// <summary>Writes the types of the contract: records, enumerations and records with derived records.</summary>
internal sealed class DeclarationEmitter
{
    private readonly SourceText _source;
    private readonly CSharpTypes _types;

    /// <summary>The union that an object derives from, by the name of the object. In other unions the object has a separate record
    /// as its case.</summary>
    private readonly Dictionary<string, UnionDeclaration> _unions = new(StringComparer.Ordinal);

    public DeclarationEmitter(SourceText source, CSharpTypes types, AppContract contract)
    {
        (_source, _types) = (source, types);
        foreach (var union in contract.Declarations.OfType<UnionDeclaration>())
            foreach (var its in union.Cases.Where(its => its.Object.Name.Length > 0))
                _unions.TryAdd(its.Object.Name, union);
    }

    public void Write(Declaration declaration)
    {
        switch (declaration)
        {
            case EnumDeclaration type:
                Write(type);
                break;
            case UnionDeclaration union:
                Write(union);
                break;
            case ObjectDeclaration type:
                var of = _unions.GetValueOrDefault(type.Name);
                Write(type, _types.NameOf(type), of);
                break;
        }
    }

    private void Write(EnumDeclaration type)
    {
        var name = _types.NameOf(type);
        var converter = _types.Scope.Reserve(name, "Converter", "", "Json");
        var members = new NameScope([]);
        var values = type.Values.Select(value => (Member: members.Reserve("", value.Name, "", ""), Value: value)).ToArray();
        // A newer server may have more values, which must not break existing clients.
        var unknown = type.Direction == Direction.Output ? members.Reserve("", "Unknown", "", "") : null;

        _source.Summary(type.Summary).Obsolete(type.Deprecated);
        _source.Line($"[JsonConverter(typeof({converter}))]");
        _source.Block($"public enum {name}", () =>
        {
            foreach (var (member, value) in values)
                _source.Summary(value.Summary).Line($"{member},");
            if (unknown is not null)
                _source.Line().Summary("A value that this client does not know. It cannot be sent.").Line($"{unknown} = -1,");
        });
        _source.Line();
        var fallback = unknown is null ? "null" : $"{name}.{unknown}";
        _source.Block($"internal sealed class {converter}() : PikkuEnumConverter<{name}>({fallback}, new ({name}, object)[]", () =>
        {
            foreach (var (member, value) in values)
                _source.Line($"({name}.{member}, {Wire(value.Json)}),");
        }, "});");
    }

    private void Write(UnionDeclaration union)
    {
        var name = _types.NameOf(union);
        var plain = union.Cases.FirstOrDefault(its => its.Value is null)?.Object;
        var cases = union.Cases.Where(its => its.Value is not null)
            .Select(its => (Case: its, Class: ClassOf(union, its), IsOwn: its.Object.Name.Length > 0 && _unions[its.Object.Name] == union)).ToArray();
        // A newer server may send new cases, which must not break the client. Cases that this client sends are always known.
        var isOpen = plain is not null || union.Direction == Direction.Output;

        _source.Summary(union.Summary, plain is null && isOpen ? $"A case that this client does not know is read as a plain {name}." : null).Obsolete(union.Deprecated);
        _source.Line($"[JsonPolymorphic(TypeDiscriminatorPropertyName = {Literal(union.Discriminator)}{(isOpen ? ", IgnoreUnrecognizedTypeDiscriminators = true" : "")})]");
        foreach (var (its, itsClass, _) in cases)
            _source.Line($"[JsonDerivedType(typeof({itsClass}), {Discriminator(its.Value!)})]");
        _source.Block($"public {(isOpen ? "" : "abstract ")}record {name}", () => WriteProperties(plain?.Properties ?? [], plain?.Others, name));
        foreach (var (its, itsClass, _) in cases.Where(one => !one.IsOwn))
        {
            _source.Line();
            Write(its.Object, itsClass, union);
        }
    }

    private string ClassOf(UnionDeclaration union, UnionCase its)
    {
        var name = its.Object.Name.Length > 0 && _unions[its.Object.Name] == union
            ? _types.NameOf(its.Object)
            : _types.Scope.Reserve(_types.NameOf(union), its.Object.Name.Length > 0 ? its.Object.Name : its.Value!.ToString(), "", "Case");
        _types.AddJson(name);
        return name;
    }

    private void Write(ObjectDeclaration type, string name, UnionDeclaration? union)
    {
        var inherited = union?.Cases.FirstOrDefault(its => its.Value is null)?.Object;
        var known = (inherited?.Properties ?? []).Select(property => property.Name).ToHashSet(StringComparer.Ordinal);
        _source.Summary(type.Summary).Obsolete(type.Deprecated);
        _source.Block($"public sealed record {name}{(union is null ? "" : $" : {_types.NameOf(union)}")}", () => WriteProperties(
            [.. type.Properties.Where(property => !known.Contains(property.Name))], inherited?.Others is null ? type.Others : null, name));
    }

    private void WriteProperties(List<PropertyShape> properties, TypeUse? others, string owner)
    {
        var members = new NameScope(NameScope.Members.Append(owner));
        _source.Each(properties, property => Write(property, members.Reserve("", property.ClrName, "", "Value")));
        if (others is null)
            return;
        if (properties.Count > 0)
            _source.Line();
        _source.Summary("The undeclared properties.").Line("[JsonExtensionData]");
        _source.Line($"public Dictionary<string, {_types.Write(others)}>? {members.Reserve("", "Others", "", "Value")} {{ get; init; }}");
    }

    private void Write(PropertyShape property, string name)
    {
        _source.Summary(property.Summary, property.Default is null ? null : $"Default: {property.Default.ToJsonString()}.").Obsolete(property.Deprecated);
        _source.Line($"[JsonPropertyName({Literal(property.Name)})]");
        if (property.IsRequired)
        {
            _source.Line($"public required {_types.Write(property.Type)} {name} {{ get; init; }}");
        }
        else if (property is { Type: TypeUse.Nullable, Default: not null })
        {
            // Only here does the server distinguish null from a missing property.
            _source.Line("[JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]");
            _source.Line($"[JsonConverter(typeof(PikkuOptionalConverter<{_types.Write(property.Type)}>))]");
            _source.Line($"public PikkuOptional<{_types.Write(property.Type)}> {name} {{ get; init; }}");
        }
        else
        {
            _source.Line("[JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]");
            _source.Line($"public {_types.Write(property.Type.WithoutNull)}? {name} {{ get; init; }}");
        }
    }

    private static string Wire(JsonNode value) => value.GetValueKind() == JsonValueKind.String ? Literal(value.GetValue<string>()) : value.ToJsonString() + "m";

    // System.Text.Json supports only strings and 32-bit integers as discriminators.
    private static string Discriminator(JsonNode value) =>
        value.GetValueKind() == JsonValueKind.String ? Literal(value.GetValue<string>()) : value.GetValue<int>().ToString(CultureInfo.InvariantCulture);
}
