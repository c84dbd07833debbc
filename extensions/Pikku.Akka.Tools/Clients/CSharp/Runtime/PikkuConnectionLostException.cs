namespace Pikku.Clients;

/// <summary>The connection was lost before the answer came: the function may have run, or not.</summary>
public sealed class PikkuConnectionLostException(int? code, string? reason, Exception? inner)
    : Exception($"The connection was lost before the answer came ({(code is null ? inner?.Message : $"{code} {reason}".TrimEnd())}).", inner)
{
    /// <summary>The close code; null where the client gave the connection up.</summary>
    public int? Code { get; } = code;
}
