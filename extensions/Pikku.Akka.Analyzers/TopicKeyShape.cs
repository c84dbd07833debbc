using Microsoft.CodeAnalysis;

namespace Pikku.Akka.Analyzers;

/// <summary>
/// The key of a family of topics as JSON reads and writes it. What attributes and converters decide in ways that symbols don't show is left to the check at the start,
/// so a problem that is found here is certain.
/// </summary>
internal sealed class TopicKeyShape
{
    private readonly TopicTemplate _template;
    private readonly ITypeSymbol _key;
    private readonly List<(string Name, ISymbol Member)> _members;

    private TopicKeyShape(TopicTemplate template, INamedTypeSymbol key)
    {
        _template = template;
        _key = key;
        _members = [.. MembersOf(key).Select(member => (NameOf(member), member))];
    }

    /// <summary>Why a template does not match the type of its key; null when it does, or when only the start can tell.</summary>
    public static TopicProblem? ProblemOf(TopicTemplate template, ITypeSymbol key)
    {
        key = WithoutNullable(key);
        if (IsScalar(key))
            return template.Placeholders.Count == 1
                ? null
                : new TopicProblem($"has {template.Placeholders.Count} placeholders, but {key.ToDisplayString()} is one value; use a record with a property for each placeholder");
        return key is INamedTypeSymbol named && IsObject(named) ? new TopicKeyShape(template, named).Problem() : null;
    }

    private TopicProblem? Problem()
    {
        foreach (var placeholder in _template.Placeholders)
        {
            var member = Find(placeholder);
            if (member is null)
                return new TopicProblem(
                    $"has the placeholder '{{{placeholder}}}', but the key {_key.ToDisplayString()} has no property of that name that can be read and set; name one of its properties",
                    OnlyFreeName() is { } name ? _template.Rename(placeholder, name) : null);
            if (member is IPropertySymbol property && !HasAttribute(property, "JsonConverterAttribute") && IsStructured(WithoutNullable(property.Type)))
                return new TopicProblem($"has the placeholder '{{{placeholder}}}', whose property is {property.Type.ToDisplayString()}; use a simple type such as string or int");
        }

        return Required().FirstOrDefault(name => !HasPlaceholder(name)) is { } missing
            ? new TopicProblem($"has no placeholder for the required property '{missing}' of {_key.ToDisplayString()}; add {{{missing}}} to the name, or use a type without that property", _template.Append(missing))
            : null;
    }

    private ISymbol? Find(string placeholder) => _members.Find(one => one.Name.Equals(placeholder, StringComparison.OrdinalIgnoreCase)).Member;

    private bool HasPlaceholder(string name) => _template.Placeholders.Contains(name, StringComparer.OrdinalIgnoreCase);

    // The property that an unknown placeholder must mean, because every other one has a placeholder.
    private string? OnlyFreeName()
    {
        string[] free = [.. _members.Where(one => one.Member is IPropertySymbol { DeclaredAccessibility: Accessibility.Public } && !HasPlaceholder(one.Name)).Select(one => one.Name)];
        return free.Length == 1 && _template.Placeholders.Count(placeholder => Find(placeholder) is null) == 1 ? free[0] : null;
    }

    private IEnumerable<string> Required()
    {
        // JSON calls the only constructor of a class. For a structure, it calls none, and for several it depends.
        var constructors = ((INamedTypeSymbol)_key).InstanceConstructors.Where(one => one.DeclaredAccessibility == Accessibility.Public).ToList();
        if (constructors.Any(one => HasAttribute(one, "JsonConstructorAttribute") || HasAttribute(one, "SetsRequiredMembersAttribute")))
            yield break;
        var parameters = _key.TypeKind == TypeKind.Class && constructors.Count == 1 ? constructors[0].Parameters.Where(one => !one.HasExplicitDefaultValue).ToList() : [];
        foreach (var (name, member) in _members)
        {
            if (member is not IPropertySymbol { DeclaredAccessibility: Accessibility.Public, GetMethod.DeclaredAccessibility: Accessibility.Public } property || HasAttribute(property, "JsonIgnoreAttribute"))
                continue;
            if (property.IsRequired || HasAttribute(property, "JsonRequiredAttribute") || parameters.Exists(one => one.Name.Equals(property.Name, StringComparison.OrdinalIgnoreCase)))
                yield return name;
        }
    }

    private static List<ISymbol> MembersOf(ITypeSymbol type)
    {
        var members = new List<ISymbol>();
        for (ITypeSymbol? one = type; one is not null and not { SpecialType: SpecialType.System_Object }; one = one.BaseType)
            members.AddRange(one.GetMembers().Where(member => member is IPropertySymbol { IsStatic: false, IsIndexer: false, Name: not "EqualityContract" } or IFieldSymbol { IsStatic: false, IsImplicitlyDeclared: false }));
        return members;
    }

    // As the web defaults of JSON write it. Only the case of the first letter differs from the name in C#, and templates are compared without case.
    private static string NameOf(ISymbol member)
    {
        foreach (var attribute in member.GetAttributes())
            if (attribute.AttributeClass?.Name == "JsonPropertyNameAttribute" && attribute.ConstructorArguments is { Length: 1 } arguments && arguments[0].Value is string name)
                return name;
        return $"{char.ToLowerInvariant(member.Name[0])}{member.Name.Substring(1)}";
    }

    private static ITypeSymbol WithoutNullable(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : type;

    private static bool IsScalar(ITypeSymbol type) => type.TypeKind == TypeKind.Enum || type.SpecialType
        is SpecialType.System_Boolean or SpecialType.System_Char or SpecialType.System_String or SpecialType.System_Decimal or SpecialType.System_Single or SpecialType.System_Double
        or SpecialType.System_SByte or SpecialType.System_Byte or SpecialType.System_Int16 or SpecialType.System_UInt16 or SpecialType.System_Int32 or SpecialType.System_UInt32
        or SpecialType.System_Int64 or SpecialType.System_UInt64 or SpecialType.System_DateTime
        || IsOfSystem(type) && type.Name is "Guid" or "Uri" or "DateTimeOffset" or "DateOnly" or "TimeOnly" or "TimeSpan" or "Version" or "Int128" or "UInt128";

    private static bool IsObject(INamedTypeSymbol type) =>
        type.TypeKind is TypeKind.Class or TypeKind.Struct && type is { IsAbstract: false, SpecialType: SpecialType.None, IsTupleType: false } && !IsOfSystem(type) && !IsCollection(type)
        && !HasAttribute(type, "JsonConverterAttribute") && !HasAttribute(type, "JsonPolymorphicAttribute") && !HasAttribute(type, "JsonDerivedTypeAttribute");

    private static bool IsStructured(ITypeSymbol type) =>
        type.SpecialType == SpecialType.System_Object
        || type is IArrayTypeSymbol { ElementType.SpecialType: not SpecialType.System_Byte }
        || type is INamedTypeSymbol named && (IsObject(named) || IsCollection(named) && type.SpecialType != SpecialType.System_String && !HasAttribute(type, "JsonConverterAttribute"));

    private static bool IsCollection(ITypeSymbol type) => type.AllInterfaces.Any(one => one.SpecialType == SpecialType.System_Collections_IEnumerable);

    private static bool IsOfSystem(ITypeSymbol type) => type.ContainingNamespace is { Name: "System", ContainingNamespace.IsGlobalNamespace: true };

    private static bool HasAttribute(ISymbol symbol, string name) => symbol.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == name);
}
