namespace Pikku.Akka.Contracts.Types;

/// <summary>The side that writes the JSON. A property that is optional in an input is always present in an output.</summary>
internal enum Direction
{
    /// <summary>The client writes it.</summary>
    Input,

    /// <summary>The server writes it.</summary>
    Output,
}
