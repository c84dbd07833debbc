namespace Pikku.Akka.Inspection;

/// <summary>A topic in a list.</summary>
/// <param name="Name">The name.</param>
/// <param name="Subscribers">The number of subscribers.</param>
/// <param name="Events">The number of events since the topic is known, by which rates are computed from two rows.</param>
/// <param name="Kept">The number of kept events; null for a topic without history.</param>
/// <param name="Entries">The number of entries; null for a topic without entries.</param>
/// <param name="Position">The position behind the newest event; null for a topic without history.</param>
internal sealed record TopicRow(string Name, int Subscribers, long Events, int? Kept, int? Entries, string? Position);
