using Pikku.Akka.Protocol;

namespace Pikku.Akka.EventHub;

/// <summary>The forms of a numbered event that not every subscriber needs. Each is made for the first one that does, and shared. Not thread-safe.</summary>
/// <param name="numbered">The event.</param>
internal sealed class EventForms(HubEvent numbered)
{
    private EncodedMessage? _plain;
    private EncodedMessage? _tick;

    /// <summary>The event without its number.</summary>
    public EncodedMessage Plain => _plain ??= MakePlain();

    /// <summary>The number without the event.</summary>
    public EncodedMessage Tick => _tick ??= MakeTick();

    private EncodedMessage MakePlain()
    {
        var data = EventWriter.WithoutNumber(numbered.Message.Span);
        var plain = EncodedMessage.Allocate(MessageKind.Text, data.Length + 1, out var destination);
        data.CopyTo(destination);
        destination[^1] = (byte)'}';
        return plain;
    }

    private EncodedMessage MakeTick()
    {
        using var writer = PayloadWriter.Rent();
        EventWriter.WriteTick(writer, numbered.Topic, EventWriter.NumberOf(numbered.Message.Span));
        return writer.ToSharedMessage(MessageKind.Text) with { Position = PositionPart.Tick };
    }
}
