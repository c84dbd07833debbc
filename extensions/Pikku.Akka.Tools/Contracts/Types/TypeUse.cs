using Pikku.Akka.Protocol;

namespace Pikku.Akka.Contracts.Types;

/// <summary>A type at the place where it is used, as it appears in JSON.</summary>
internal abstract record TypeUse
{
    /// <summary>The type without null; the type itself if it is not nullable.</summary>
    public TypeUse WithoutNull => this is Nullable nullable ? nullable.Of : this;

    public TypeUse OrNull(bool isNullable) => isNullable && this is not (Nullable or Scalar { Kind: ScalarKind.Any }) ? new Nullable(this) : this;

    /// <summary>A string, number or boolean, or any JSON.</summary>
    public sealed record Scalar(ScalarKind Kind) : TypeUse;

    /// <summary>A type that has a declaration.</summary>
    public sealed record Declared(Declaration Declaration) : TypeUse;

    /// <summary>A JSON array.</summary>
    public sealed record List(TypeUse Item) : TypeUse;

    /// <summary>A JSON object with arbitrary property names.</summary>
    public sealed record Map(TypeUse Value) : TypeUse;

    /// <summary>The type, or null.</summary>
    public sealed record Nullable(TypeUse Of) : TypeUse;
}
