using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Pikku.Akka.Functions.Input.Rules;

/// <summary>Translates a path of the validation engine, such as <c>Items[0].Title</c>, to JSON names.</summary>
internal static class ClrPath
{
    /// <param name="path">Properties joined by dots; items, including those of dictionaries, by their index in brackets.</param>
    /// <param name="root">The validated value, which determines the actual types and the keys.</param>
    /// <param name="format">Provides the JSON names.</param>
    public static string ToJson(string path, object root, InputFormat format)
    {
        var result = "";
        object? at = root;
        foreach (var segment in path.Replace("[", ".[", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Index(segment) is { } index)
                (result, at) = Item(result, at, index);
            else
                (result, at) = Property(result, at, segment, format);
        }
        return result;
    }

    private static (string, object?) Item(string path, object? list, int index)
    {
        var item = (list as IEnumerable)?.Cast<object?>().ElementAtOrDefault(index);
        var type = item?.GetType();
        if (type is not { IsGenericType: true } || type.GetGenericTypeDefinition() != typeof(KeyValuePair<,>))
            return (InputPath.Item(path, index), item);
        var key = Convert.ToString(type.GetProperty("Key")!.GetValue(item), CultureInfo.InvariantCulture)!;
        return (InputPath.Property(path, key), type.GetProperty("Value")!.GetValue(item));
    }

    // Rules may report any member name; a name that is not a property stays unchanged.
    private static (string, object?) Property(string path, object? owner, string name, InputFormat format)
    {
        var properties = owner is null ? [] : format.Plain(owner.GetType()).Properties;
        var property = properties.FirstOrDefault(p => p.AttributeProvider is MemberInfo member && member.Name == name);
        return (InputPath.Property(path, property?.Name ?? name), property?.Get?.Invoke(owner!));
    }

    private static int? Index(string segment) =>
        segment is ['[', .. var number, ']'] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : null;
}
