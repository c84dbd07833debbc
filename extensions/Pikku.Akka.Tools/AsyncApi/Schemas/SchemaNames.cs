using System.Text.Json.Nodes;
using Pikku.Akka.Contracts.Types;

namespace Pikku.Akka.AsyncApi.Schemas;

/// <summary>
/// Decides which declarations are components and assigns their keys. The input and the output of a type may share a name in the
/// contract and
/// differ in rules and defaults, which only a schema shows; such a type gets two components.
/// </summary>
internal sealed class SchemaNames
{
    private readonly HashSet<Declaration> _named = [];
    private readonly Dictionary<string, Declaration> _outputs;
    private readonly HashSet<Declaration> _different = [];
    private ComponentKeys? _keys;

    public SchemaNames(IEnumerable<TypeUse> roots)
    {
        var visited = new HashSet<Declaration>();
        foreach (var root in roots)
            Visit(root, visited);
        _outputs = _named.Where(declaration => declaration.Direction == Direction.Output).ToDictionary(declaration => declaration.Name);
    }

    /// <summary>Decides which inputs share the component of an output, and assigns all keys.</summary>
    /// <param name="body">Writes a declaration with the keys that are known so far.</param>
    /// <param name="keys">Creates the keys.</param>
    public void AssignKeys(Func<Declaration, JsonObject> body, ComponentKeys keys)
    {
        var twins = _named.Where(declaration => declaration.Direction == Direction.Input && _outputs.ContainsKey(declaration.Name)).ToArray();
        // Each pair counts as equal until it is found to differ, so that types which contain each other can be equal.
        while (Array.Find(twins, twin => !_different.Contains(twin) && !JsonNode.DeepEquals(body(twin), body(_outputs[twin.Name]))) is { } other)
            _different.Add(other);
        _keys = keys;
        foreach (var declaration in _named.OrderBy(declaration => declaration.Name, StringComparer.Ordinal).ThenByDescending(declaration => declaration.Direction))
            KeyOf(declaration);
    }

    /// <summary>The declarations that have a component.</summary>
    public IEnumerable<(string Key, Declaration Declaration)> Own => _named
        .Where(declaration => declaration.Direction == Direction.Output || _different.Contains(declaration) || !_outputs.ContainsKey(declaration.Name))
        .Select(declaration => (KeyOf(declaration), declaration));

    public string KeyOf(Declaration declaration)
    {
        var name = _different.Contains(declaration) ? declaration.Name + "Input" : declaration.Name;
        return _keys?.Of($"schema {name}", name) ?? name;
    }

    private void Visit(TypeUse type, HashSet<Declaration> visited)
    {
        switch (type)
        {
            case TypeUse.Nullable nullable:
                Visit(nullable.Of, visited);
                break;
            case TypeUse.List list:
                Visit(list.Item, visited);
                break;
            case TypeUse.Map map:
                Visit(map.Value, visited);
                break;
            case TypeUse.Declared { Declaration: var declaration } when visited.Add(declaration):
                if (!declaration.IsAnonymous)
                    _named.Add(declaration);
                VisitParts(declaration, visited);
                break;
        }
    }

    private void VisitParts(Declaration declaration, HashSet<Declaration> visited)
    {
        var objects = declaration switch
        {
            ObjectDeclaration type => [type],
            UnionDeclaration union => union.Cases.Select(one => one.Object),
            _ => [],
        };
        foreach (var type in objects)
            foreach (var part in type.Properties.Select(property => property.Type).Concat(type.Others is { } others ? [others] : []))
                Visit(part, visited);
    }
}
