namespace Pikku.Akka.EventHub;

/// <summary>The receivers of a message that the hub delivers.</summary>
internal enum HubAudience
{
    /// <summary>The subscribers of a topic.</summary>
    Topic,

    /// <summary>The connections of a user.</summary>
    User,

    /// <summary>One connection.</summary>
    Channel,
}
