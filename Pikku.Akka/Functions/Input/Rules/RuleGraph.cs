using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Validation;

namespace Pikku.Akka.Functions.Input.Rules;

/// <summary>
/// Knows the types that an input consists of, and which of them can break a rule. Validation visits only those, so an input without rules costs
/// nothing and an input with few rules costs little.
/// </summary>
internal sealed class RuleGraph(InputFormat format)
{
    private readonly ConcurrentDictionary<Type, bool> _hasRules = new();

    /// <summary>True when the type, or any type reachable from it, has a rule.</summary>
    public bool HasRules(Type type) => _hasRules.GetOrAdd(type, static (t, self) => self.ReachableTypes(t).Any(self.HasOwnRules), this);

    /// <summary>The properties that validation must visit.</summary>
    public List<MemberRules> MembersOf(Type type) =>
    [
        .. from member in Members(type)
           where member.Attributes.Length > 0 || HasRules(member.Property.PropertyType)
           select new MemberRules(member.Property, member.DisplayName, member.Attributes),
    ];

    public static RuleKind KindOf(Type type, InputFormat format) => format.Plain(type) switch
    {
        _ when type.IsDefined(typeof(SkipValidationAttribute), inherit: true) => RuleKind.None,
        _ when type.IsEnum => RuleKind.Enum,
        _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) => RuleKind.Pair,
        { Kind: JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary } => RuleKind.Items,
        { Kind: JsonTypeInfoKind.Object } => RuleKind.Object,
        _ => RuleKind.None,
    };

    private HashSet<Type> ReachableTypes(Type root)
    {
        var reached = new HashSet<Type>();
        var open = new Stack<Type>([root]);
        while (open.TryPop(out var type))
        {
            if (reached.Add(type))
                ReferencedTypes(type).ToList().ForEach(open.Push);
        }
        return reached;
    }

    private IEnumerable<Type> ReferencedTypes(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return [underlying];
        if (KindOf(type, format) is RuleKind.Pair)
            return [type.GetGenericArguments()[1]];
        var info = format.Plain(type);
        DemandReadable(info);
        return KindOf(type, format) switch
        {
            RuleKind.Items => [info.ElementType!],
            // A computed property may refer back to its owner: its own rules are run, but its value is not visited.
            RuleKind.Object => [.. Members(type).Where(m => m.IsRead).Select(m => m.Property.PropertyType), .. DerivedTypes(info)],
            _ => [],
        };
    }

    // System.Text.Json would report this only for the first message with such a property, or silently leave everything out.
    private static void DemandReadable(JsonTypeInfo info)
    {
        if (info.PolymorphismOptions is not null || info.Kind is not (JsonTypeInfoKind.Object or JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary))
            return;
        if (info.Kind == JsonTypeInfoKind.Object)
        {
            if (info.CreateObject is null && info.Properties.All(p => p.AssociatedParameter is null))
                throw new NotSupportedException(
                    $"JSON can't be read into '{info.Type}'. Give it a public constructor, mark one of several with [JsonConstructor], " +
                    "or name the derived types of an abstract one with [JsonDerivedType].");
            if (info.Properties.Any(p => p.Get is not null) && !info.Properties.Any(p => InputShape.IsRead(p) || p.IsExtensionData))
                throw new NotSupportedException(
                    $"JSON can't be read into '{info.Type}': none of its properties can be set. Give them a setter or init, or a constructor with " +
                    "parameters of their names.");
        }

        TryToRead(info);
    }

    // Some problems show only on an attempt to read: constructor parameters without a property, or a collection that can't be filled. The JSON
    // of an object is incomplete, so that no constructor with parameters runs.
    private static void TryToRead(JsonTypeInfo info)
    {
        try
        {
            JsonSerializer.Deserialize(info.Kind == JsonTypeInfoKind.Enumerable ? "[]"u8 : "{"u8, info);
        }
        catch (Exception failure) when (failure is NotSupportedException or InvalidOperationException)
        {
            throw new NotSupportedException($"JSON can't be read into '{info.Type}': {failure.Message}", failure);
        }
        catch (Exception)
        {
            // The JSON is invalid, so a JsonException is expected, and the application's constructors may throw anything.
        }
    }

    private static IEnumerable<Type> DerivedTypes(JsonTypeInfo info) =>
        info.PolymorphismOptions?.DerivedTypes.Select(d => d.DerivedType) ?? [];

    private bool HasOwnRules(Type type) => KindOf(type, format) switch
    {
        RuleKind.Enum => true,
        RuleKind.Object =>
            typeof(IValidatableObject).IsAssignableFrom(type)
            || type.IsDefined(typeof(ValidationAttribute), inherit: true)
            || Members(type).Any(m => m.Attributes.Length > 0),
        _ => false,
    };

    private IEnumerable<InputMember> Members(Type type)
    {
        foreach (var member in format.Plain(type).Properties)
        {
            // The engine reads public properties; fields have no rules, as in the rest of ASP.NET Core.
            if (member.AttributeProvider is not PropertyInfo { GetMethod.IsPublic: true } property
                || property.IsDefined(typeof(SkipValidationAttribute), inherit: true))
                continue;
            var found = new InputMember(property, member.Name, InputShape.IsRead(member), MemberAttributes.Of(property, type));
            // A property that JSON ignores is not part of the input.
            if (found.IsRead || found.Attributes.Length > 0 && member.Get is not null)
                yield return found;
        }
    }
}
