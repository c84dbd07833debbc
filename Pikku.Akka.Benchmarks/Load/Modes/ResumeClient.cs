using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Pikku.Akka.Benchmarks.Load.Modes;

/// <summary>A client of one topic and its position, by the rules for clients in <c>docs/protocol.md</c>.</summary>
/// <param name="topic">The name of the topic.</param>
internal sealed class ResumeClient(byte[] topic)
{
    private readonly List<(byte[] Origin, long Number)> _numbers = [];
    private string _history = "";

    public byte[] Topic { get; } = topic;

    /// <summary>When the client comes back, in nanoseconds.</summary>
    public long Due { get; set; }

    /// <summary>When the client began to come back; 0 before that.</summary>
    public long Back { get; set; }

    /// <summary>The events that are still to come before the client has everything that it missed; null before the reply.</summary>
    public long? Missing { get; set; }

    public string Position => string.Join(',', _numbers.Select(entry => $"{Encoding.ASCII.GetString(entry.Origin)}.{entry.Number}").Append(_history));

    /// <summary>Replaces the position by that of a reply.</summary>
    public void Replace(ReadOnlySpan<byte> position)
    {
        _numbers.Clear();
        foreach (var entry in Encoding.ASCII.GetString(position).Split(','))
        {
            if (entry.StartsWith('~'))
                _history = entry;
            else if (entry.Split('.') is [var origin, var number])
                _numbers.Add((Encoding.ASCII.GetBytes(origin), long.Parse(number, CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>Takes the number of an event over.</summary>
    /// <param name="at">The origin, a dot and the number.</param>
    /// <returns>False when the number does not follow the last one of its origin: an event is missing, repeated or out of order.</returns>
    public bool Accept(ReadOnlySpan<byte> at)
    {
        var dot = at.IndexOf((byte)'.');
        if (dot < 0 || !Utf8Parser.TryParse(at[(dot + 1)..], out long number, out _))
            return false;
        for (var i = 0; i < _numbers.Count; i++)
        {
            if (!at[..dot].SequenceEqual(_numbers[i].Origin))
                continue;
            var isNext = number == _numbers[i].Number + 1;
            _numbers[i] = (_numbers[i].Origin, number);
            return isNext;
        }

        _numbers.Add((at[..dot].ToArray(), number));
        return number == 1;
    }
}
