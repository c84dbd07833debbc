using System.Text.Json.Serialization;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Opening data: a path parameter and a query, which are bound and validated before the connection opens.</summary>
public static class RoomsChannel
{
    public static PikkuBuilder WireRooms(this PikkuBuilder pikku) => pikku.WireChannel("rooms", channel => channel.Route<Room>("/rooms/{roomId}").AllowAnonymous().OnConnect((Room room) => new { openingData = room }));

    public sealed record Room(
        string RoomId,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Limit = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Tags = null);
}
