namespace Pikku.Akka.Channels;

/// <summary>Receives what a transport has done. The connection implements it, so that an idle connection needs no object for it.</summary>
internal interface ITransportReport
{
    /// <summary>Called after each run of writes.</summary>
    /// <param name="bytes">The bytes that the transport has written to its client.</param>
    void Written(long bytes);

    /// <summary>Called when writing has failed, which ends the transport.</summary>
    void Failed(Exception error);
}
