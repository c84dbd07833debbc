using System.Globalization;
using Pikku.Akka.Tests.Clients.CSharp.Generated;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>An event as a <see cref="Follower"/> received it.</summary>
/// <param name="Origin">The life of the process that published it.</param>
/// <param name="Number">Its number among the events of this origin on the topic.</param>
/// <param name="Publisher">The name of the publisher.</param>
/// <param name="Item">The number that the publisher gave it.</param>
internal readonly record struct FeedEntry(string Origin, long Number, string Publisher, int Item)
{
    public static FeedEntry Of(PikkuEvent<FeedEvent> received)
    {
        var at = received.At!.Split('.');
        return new(at[0], long.Parse(at[1], CultureInfo.InvariantCulture), received.Data.Publisher, received.Data.Number);
    }
}
