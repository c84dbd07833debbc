using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.Inspection;

/// <summary>One connection.</summary>
/// <param name="Row">What a list shows.</param>
/// <param name="LastReceived">When the last bytes of the client arrived.</param>
/// <param name="Topics">Its subscriptions; some of them when there are many.</param>
/// <param name="TopicCount">How many they are.</param>
/// <param name="Errors">The latest errors, the newest first.</param>
internal sealed record ConnectionDetail(ConnectionRow Row, DateTimeOffset LastReceived, IReadOnlyList<string> Topics, int TopicCount, IReadOnlyList<RecentError> Errors);
