using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Replication;

/// <summary>An event with a size and nothing else.</summary>
internal sealed class TestEvent(string topic, int size = 100) : ReplicatedEvent(topic)
{
    public override int Size => size;

    /// <summary>Creates an event that another node has numbered.</summary>
    public static TestEvent Of(string topic, Origin origin, long number, KeyedWrite? write = null, int size = 100)
    {
        var content = new TestEvent(topic, size) { Write = write };
        content.SetNumber(origin, number);
        return content;
    }

    public override void SetNumber(Origin origin, long number) => (Origin, Number) = (origin, number);

    public override string ToString() => $"{Topic} {Origin}.{Number}";
}
