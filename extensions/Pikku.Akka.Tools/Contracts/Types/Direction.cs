namespace Pikku.Akka.Contracts.Types;

/// <summary>Who writes the JSON: what may be left out of an input is always there in an output.</summary>
internal enum Direction
{
    /// <summary>The client does.</summary>
    Input,

    /// <summary>The server does.</summary>
    Output,
}
