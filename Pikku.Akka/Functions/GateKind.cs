namespace Pikku.Akka.Functions;

/// <summary>What a gate asks.</summary>
internal enum GateKind
{
    /// <summary>Whether there is a session.</summary>
    Session,

    /// <summary>Whether the session may call functions that are not declared read-only.</summary>
    ReadOnly,

    /// <summary>Whether the session has a scope.</summary>
    Scope,

    /// <summary>Code of the application.</summary>
    Permission,

    /// <summary>A policy of ASP.NET Core.</summary>
    Policy,
}
