namespace Pikku.Akka.Replication;

/// <summary>What a node knows of one topic at one moment, for a node that copies it. Ages are in milliseconds, and never times of day.</summary>
/// <param name="Name">The topic.</param>
/// <param name="RememberedFor">For how many minutes the topic has been remembered without interruption.</param>
/// <param name="Numbers">The numbers of all origins.</param>
/// <param name="Events">The kept events with their ages, in order of arrival.</param>
/// <param name="Entries">The last write of each key.</param>
internal sealed record TopicPicture(
    string Name, long RememberedFor, IReadOnlyList<NumbersPicture> Numbers, IReadOnlyList<(ReplicatedEvent Event, long Age)> Events,
    IReadOnlyList<(string Key, KeyedEntry Entry)> Entries);

/// <summary>What a node knows of the numbers of one origin in one topic.</summary>
/// <param name="Origin">The origin.</param>
/// <param name="Max">See <see cref="OriginNumbers.Max"/>.</param>
/// <param name="Base">See <see cref="OriginNumbers.Base"/>.</param>
/// <param name="Floor">See <see cref="OriginNumbers.Floor"/>.</param>
/// <param name="Idle">The time since the newest event, in milliseconds.</param>
internal readonly record struct NumbersPicture(Origin Origin, long Max, long Base, long Floor, long Idle);
