namespace Pikku.Akka.Functions.Input.Rules;

/// <summary>How the rules of a type are found.</summary>
internal enum RuleKind
{
    /// <summary>It has none: a scalar, JSON as it is, or a type that has a converter of its own.</summary>
    None,

    /// <summary>Only its defined values are allowed.</summary>
    Enum,

    /// <summary>An entry of a dictionary, whose value may have rules.</summary>
    Pair,

    /// <summary>A list or a dictionary, whose items may have rules.</summary>
    Items,

    /// <summary>Rules of its own and of its properties.</summary>
    Object,
}
