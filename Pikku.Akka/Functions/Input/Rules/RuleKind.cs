namespace Pikku.Akka.Functions.Input.Rules;

/// <summary>How the rules of a type are found.</summary>
internal enum RuleKind
{
    /// <summary>The type has no rules: a scalar, raw JSON, or a type with its own converter.</summary>
    None,

    /// <summary>Only defined values are allowed.</summary>
    Enum,

    /// <summary>A dictionary entry, whose value may have rules.</summary>
    Pair,

    /// <summary>A list or a dictionary, whose items may have rules.</summary>
    Items,

    /// <summary>The type and its properties may have rules.</summary>
    Object,
}
