using Pikku.Akka.Channels;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Connections;

/// <summary>Answers the pings of a client, and grants one of them a second that does not count against the message rate (S1).</summary>
internal struct PingAnswers
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private long _grantedAt;

    /// <summary>Answers a ping if it is the free one of this second.</summary>
    /// <returns>False when it is not, so that it counts as a message.</returns>
    public bool TryAnswerFree(Connection connection, ConnectionState state, in ReservedMessage ping, long now)
    {
        var clock = connection.Endpoint.Clock;
        if (_grantedAt != 0 && clock.GetElapsedTime(_grantedAt, now) < s_interval)
            return false;
        _grantedAt = now;
        Answer(connection, state, ping);
        return true;
    }

    /// <summary>
    /// Answers a ping. A client that asks for it learns that <c>onConnect</c> has completed, because there may be no other message that says so. When
    /// <c>onConnect</c> refuses the connection, such a ping has no answer.
    /// </summary>
    public static void Answer(Connection connection, ConnectionState state, in ReservedMessage ping)
    {
        if (!ping.AsksReady)
            connection.Write(ReservedMessage.Pong);
        else if (state.HasConnected)
            WriteReady(connection);
        else
            state.AwaitReady();
    }

    /// <summary>Tells the client that <c>onConnect</c> has completed, and when its session expires.</summary>
    public static void WriteReady(Connection connection) => connection.Write(ReservedMessage.ReadyPong(connection.ReadSessionExpiry()));
}
