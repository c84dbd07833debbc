namespace Pikku.Akka.Clients;

/// <summary>The connection was lost before the answer arrived. The function may or may not have run.</summary>
public sealed class PikkuConnectionLostException(int? code, string? reason, Exception? inner)
    : Exception(
        code is null && inner is PikkuConnectionLostException
            ? inner.Message
            : $"The connection was lost before the answer arrived ({(code is null ? inner?.Message : $"{code} {reason}".TrimEnd())}).",
        inner)
{
    /// <summary>The close code; null if the client abandoned the connection.</summary>
    public int? Code { get; } = code;
}
