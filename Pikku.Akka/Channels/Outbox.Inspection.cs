namespace Pikku.Akka.Channels;

// What operators see of an outbox.
internal sealed partial class Outbox
{
    private volatile IConnectionWatch? _watch;

    /// <summary>Watches the messages of the connection in both directions; null for nearly every connection.</summary>
    public IConnectionWatch? Watch
    {
        get => _watch;
        set => _watch = value;
    }

    /// <summary>How many messages wait, and the memory of all that wait or are being written, in bytes.</summary>
    public (int Messages, int Bytes) Waiting
    {
        get
        {
            lock (_gate)
                return (_state.Count, _state.Weight);
        }
    }
}
