namespace Pikku.Akka.EventHub;

/// <summary>Who gets what goes through the hub.</summary>
internal enum HubAudience
{
    /// <summary>The subscribers of a topic.</summary>
    Topic,

    /// <summary>The connections of a user.</summary>
    User,

    /// <summary>One connection.</summary>
    Channel,
}
