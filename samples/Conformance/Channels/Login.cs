namespace Conformance.Channels;

/// <summary>The user to sign in as.</summary>
public sealed record Login(string UserId, string? Role = null, IReadOnlyList<string>? Scopes = null, bool? Readonly = null);
