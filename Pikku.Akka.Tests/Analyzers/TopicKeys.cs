using System.Text.Json.Serialization;

namespace Pikku.Akka.Tests.Analyzers.Keys;

#pragma warning disable CA1819, CA1822 // keys must not have arrays and computed properties

public record Board(int BoardId);

public record Card(int BoardId, int CardId);

public record Optional(int BoardId, int CardId = 0);

public class Required
{
    public required string BoardId { get; init; }

    public string CardId { get; set; } = "";
}

public record Renamed([property: JsonPropertyName("id")] int BoardId);

public record Derived(int BoardId, int CardId) : Board(BoardId);

public record Structured(Board BoardId, int[] CardId);

public readonly record struct Structure(int BoardId, int CardId);

public class Computed
{
    public int BoardId => 7;
}

public class Ignored
{
    [JsonIgnore]
    public int BoardId { get; set; }
}

public enum Color
{
    Red,
}
