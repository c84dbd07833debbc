namespace Pikku.Akka;

/// <summary>The history of a topic as an application declares it.</summary>
/// <param name="MaxEvents">The maximum number of events of one topic.</param>
/// <param name="MaxAge">The maximum age of an event; null for <c>pikku.history.max-age</c>.</param>
internal sealed record HistoryDeclaration(int MaxEvents, TimeSpan? MaxAge);
