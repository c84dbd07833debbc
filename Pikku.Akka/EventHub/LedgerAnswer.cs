namespace Pikku.Akka.EventHub;

/// <summary>The answer to a lane that wants a place for one more subscription.</summary>
internal enum LedgerAnswer
{
    /// <summary>It has it.</summary>
    Taken,

    /// <summary>The subscriber has as many as it may.</summary>
    Full,

    /// <summary>The subscriber has gone; nothing may be kept for it.</summary>
    Gone,
}
