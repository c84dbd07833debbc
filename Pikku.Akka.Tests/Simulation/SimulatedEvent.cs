using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>An event of the simulation.</summary>
/// <param name="topic">The topic.</param>
/// <param name="uid">Names the event for the judge. Greater than that of every event that was published before.</param>
/// <param name="except">The client that gets only the number; null for none.</param>
/// <param name="size">The memory of the event, in bytes.</param>
internal sealed class SimulatedEvent(string topic, int uid, int? except, int size = SimulatedEvent.UsualSize) : ReplicatedEvent(topic)
{
    public const int UsualSize = 100;

    /// <summary>Larger than the budget of a node.</summary>
    public const int LargeSize = 1_000_000;

    public int Uid { get; } = uid;

    public int? Except { get; } = except;

    public override int Size { get; } = size;

    /// <summary>The number that the origin gave before in this topic; known to the judge only.</summary>
    public long Previous { get; set; }

    /// <summary>The life that published the event, as the judge knows it: it differs from the origin where a mutation lets two lives have one origin.</summary>
    public int PublishedBy { get; init; }

    /// <summary>The history in which the event was published; known to the judge only.</summary>
    public Origin History { get; init; }

    /// <summary>For a write of a session: the last clear of its user that its login knew; known to the judge only.</summary>
    public Stamp KnownClear { get; set; }

    /// <summary>Called with the number that the lane gives; returns the number that the event takes.</summary>
    public required Func<SimulatedEvent, long, long> Numbered { get; init; }

    /// <summary>The name of the origin in positions.</summary>
    public string OriginName { get; private set; } = "";

    public override void SetNumber(Origin origin, long number)
    {
        (Origin, Number, OriginName) = (origin, number, origin.ToString());
        Number = Numbered(this, number);
    }

    public override string ToString() => $"#{Uid} {Topic} {OriginName}.{Number}{(Write is { } write ? $" {write.Key}={SimulatedValue.Read(write.Value)} @{write.Stamp.Time}.{write.Stamp.Removal}" : "")}";
}
