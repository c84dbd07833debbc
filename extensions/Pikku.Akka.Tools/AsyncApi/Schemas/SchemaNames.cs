using System.Text.Json.Nodes;
using Pikku.Akka.Contracts.Types;

namespace Pikku.Akka.AsyncApi.Schemas;

/// <summary>
/// Which declarations stand among the components, and under which keys. Input and output of a type may share a name in the contract and
/// differ in rules and defaults, of which only a schema speaks: then they are two here.
/// </summary>
internal sealed class SchemaNames
{
    private readonly HashSet<Declaration> _named = [];
    private readonly Dictionary<string, Declaration> _outputs;
    private readonly HashSet<Declaration> _apart = [];
    private ComponentKeys? _keys;

    public SchemaNames(IEnumerable<TypeUse> roots)
    {
        var visited = new HashSet<Declaration>();
        foreach (var root in roots)
            Visit(root, visited);
        _outputs = _named.Where(declaration => declaration.Direction == Direction.Output).ToDictionary(declaration => declaration.Name);
    }

    /// <summary>Decides which inputs share the component of an output, and gives all keys.</summary>
    /// <param name="body">Writes a declaration, with the keys that are known by then.</param>
    /// <param name="keys">Gives the keys.</param>
    public void Give(Func<Declaration, JsonObject> body, ComponentKeys keys)
    {
        var twins = _named.Where(declaration => declaration.Direction == Direction.Input && _outputs.ContainsKey(declaration.Name)).ToArray();
        // Alike until shown otherwise, so that types which contain one another can be.
        while (Array.Find(twins, twin => !_apart.Contains(twin) && !JsonNode.DeepEquals(body(twin), body(_outputs[twin.Name]))) is { } other)
            _apart.Add(other);
        _keys = keys;
        foreach (var declaration in _named.OrderBy(declaration => declaration.Name, StringComparer.Ordinal).ThenByDescending(declaration => declaration.Direction))
            KeyOf(declaration);
    }

    /// <summary>What has a component of its own.</summary>
    public IEnumerable<(string Key, Declaration Declaration)> Own => _named
        .Where(declaration => declaration.Direction == Direction.Output || _apart.Contains(declaration) || !_outputs.ContainsKey(declaration.Name))
        .Select(declaration => (KeyOf(declaration), declaration));

    public string KeyOf(Declaration declaration)
    {
        var name = _apart.Contains(declaration) ? declaration.Name + "Input" : declaration.Name;
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
