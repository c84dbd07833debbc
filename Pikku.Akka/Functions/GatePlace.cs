namespace Pikku.Akka.Functions;

/// <summary>The part of the wiring that requires a gate.</summary>
internal enum GatePlace
{
    /// <summary>The application: every call.</summary>
    Application,

    /// <summary>The channel: every message and subscription of it.</summary>
    Channel,

    /// <summary>The wiring of the action or the topic, or the function itself.</summary>
    Action,
}
