namespace Pikku.Akka.Contracts.Types;

/// <summary>
/// A type of C# that clients send and get has two declarations. Most are alike, and need one name; those that differ, or use one that
/// does, need two.
/// </summary>
internal static class DeclarationTwins
{
    /// <summary>The inputs that are just as the output of their type.</summary>
    public static Dictionary<Declaration, Declaration> Find(IReadOnlyCollection<Declaration> all)
    {
        var outputs = all.Where(d => d.Direction == Direction.Output).ToDictionary(d => (d.Type, d.Form));
        var twins = all.Where(d => d.Direction == Direction.Input && outputs.ContainsKey((d.Type, d.Form))).ToDictionary(d => d, d => outputs[(d.Type, d.Form)]);
        // Alike until shown otherwise, so that types which contain one another can be.
        while (twins.FirstOrDefault(twin => !Alike(twin.Key, twin.Value, twins)) is { Key: { } other })
            twins.Remove(other);
        return twins;
    }

    private static bool Alike(Declaration one, Declaration other, Dictionary<Declaration, Declaration> twins) => (one, other) switch
    {
        (ObjectDeclaration a, ObjectDeclaration b) => AlikeObjects(a, b, twins),
        (EnumDeclaration, EnumDeclaration) => true,
        (UnionDeclaration a, UnionDeclaration b) => a.Cases.Count == b.Cases.Count
            && a.Cases.Zip(b.Cases).All(pair => twins.TryGetValue(pair.First.Object, out var twin) ? twin == pair.Second.Object : AlikeObjects(pair.First.Object, pair.Second.Object, twins)),
        _ => false,
    };

    private static bool AlikeObjects(ObjectDeclaration one, ObjectDeclaration other, Dictionary<Declaration, Declaration> twins) =>
        one.ForbidsOthers == other.ForbidsOthers
        && Alike(one.Others, other.Others, twins)
        && one.Properties.Count == other.Properties.Count
        && one.Properties.Zip(other.Properties).All(pair =>
            pair.First.Name == pair.Second.Name && pair.First.IsRequired == pair.Second.IsRequired && Alike(pair.First.Type, pair.Second.Type, twins));

    private static bool Alike(TypeUse? one, TypeUse? other, Dictionary<Declaration, Declaration> twins) => (one, other) switch
    {
        (null, null) => true,
        (TypeUse.Scalar a, TypeUse.Scalar b) => a.Kind == b.Kind,
        (TypeUse.Declared a, TypeUse.Declared b) => twins.GetValueOrDefault(a.Declaration) == b.Declaration,
        (TypeUse.List a, TypeUse.List b) => Alike(a.Item, b.Item, twins),
        (TypeUse.Map a, TypeUse.Map b) => Alike(a.Value, b.Value, twins),
        (TypeUse.Nullable a, TypeUse.Nullable b) => Alike(a.Of, b.Of, twins),
        _ => false,
    };
}
