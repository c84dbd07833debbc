namespace Pikku.Akka.Contracts.Types;

/// <summary>
/// A C# type that is both sent and received has two declarations. Most pairs are equal and share one name; a pair that differs, or that
/// uses a pair that differs, needs two names.
/// </summary>
internal static class DeclarationTwins
{
    /// <summary>Finds the inputs that are equal to the output of the same type.</summary>
    public static Dictionary<Declaration, Declaration> Find(IReadOnlyCollection<Declaration> all)
    {
        var outputs = all.Where(d => d.Direction == Direction.Output).ToDictionary(d => (d.Type, d.Form));
        var twins = all.Where(d => d.Direction == Direction.Input && outputs.ContainsKey((d.Type, d.Form))).ToDictionary(d => d, d => outputs[(d.Type, d.Form)]);
        // Each pair counts as equal until it is found to differ, so that types which contain each other can be equal.
        while (twins.FirstOrDefault(twin => !AreEqual(twin.Key, twin.Value, twins)) is { Key: { } other })
            twins.Remove(other);
        return twins;
    }

    private static bool AreEqual(Declaration one, Declaration other, Dictionary<Declaration, Declaration> twins) => (one, other) switch
    {
        (ObjectDeclaration a, ObjectDeclaration b) => AreEqualObjects(a, b, twins),
        (EnumDeclaration, EnumDeclaration) => true,
        (UnionDeclaration a, UnionDeclaration b) => a.Cases.Count == b.Cases.Count
            && a.Cases.Zip(b.Cases).All(pair => twins.TryGetValue(pair.First.Object, out var twin) ? twin == pair.Second.Object : AreEqualObjects(pair.First.Object, pair.Second.Object, twins)),
        _ => false,
    };

    private static bool AreEqualObjects(ObjectDeclaration one, ObjectDeclaration other, Dictionary<Declaration, Declaration> twins) =>
        one.ForbidsOthers == other.ForbidsOthers
        && AreEqual(one.Others, other.Others, twins)
        && one.Properties.Count == other.Properties.Count
        && one.Properties.Zip(other.Properties).All(pair =>
            pair.First.Name == pair.Second.Name && pair.First.IsRequired == pair.Second.IsRequired && AreEqual(pair.First.Type, pair.Second.Type, twins));

    private static bool AreEqual(TypeUse? one, TypeUse? other, Dictionary<Declaration, Declaration> twins) => (one, other) switch
    {
        (null, null) => true,
        (TypeUse.Scalar a, TypeUse.Scalar b) => a.Kind == b.Kind,
        (TypeUse.Declared a, TypeUse.Declared b) => twins.GetValueOrDefault(a.Declaration) == b.Declaration,
        (TypeUse.List a, TypeUse.List b) => AreEqual(a.Item, b.Item, twins),
        (TypeUse.Map a, TypeUse.Map b) => AreEqual(a.Value, b.Value, twins),
        (TypeUse.Nullable a, TypeUse.Nullable b) => AreEqual(a.Of, b.Of, twins),
        _ => false,
    };
}
