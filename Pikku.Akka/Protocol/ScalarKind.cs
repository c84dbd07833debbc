namespace Pikku.Akka.Protocol;

/// <summary>The form of a value that is one string, number or boolean in JSON.</summary>
internal enum ScalarKind
{
    /// <summary>Any JSON value.</summary>
    Any,
    Boolean,
    Int8,
    UInt8,
    Int16,
    UInt16,
    Int32,
    UInt32,

    /// <summary>An integer that a JavaScript number represents exactly only up to 2^53.</summary>
    Int64,

    /// <inheritdoc cref="Int64"/>
    UInt64,

    /// <summary>An integer without a size limit.</summary>
    Integer,
    Float,
    Double,
    Decimal,
    String,

    /// <summary>A number as text, as <c>JsonNumberHandling.WriteAsString</c> writes it.</summary>
    NumberText,

    /// <summary>A number, or the name of a number that JSON does not have: <c>"NaN"</c>, <c>"Infinity"</c>, <c>"-Infinity"</c>.</summary>
    NumberOrName,
    Char,
    Guid,
    Uri,

    /// <summary>Bytes as base64 (RFC 4648 §4).</summary>
    Bytes,

    /// <summary>Date and time with an offset (RFC 3339).</summary>
    DateTimeOffset,

    /// <summary>Date and time with or without an offset (ISO 8601).</summary>
    DateTime,
    DateOnly,
    TimeOnly,

    /// <summary>A duration in the format of .NET: <c>[-][d.]hh:mm:ss[.fffffff]</c>.</summary>
    TimeSpan,
}
