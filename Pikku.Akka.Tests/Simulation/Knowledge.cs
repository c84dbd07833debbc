using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>The numbers that a node has delivered or copied, for each topic and origin. Only the judge has it: a node forgets what is old, the judge does not.</summary>
internal sealed class Knowledge
{
    private readonly Dictionary<(string Topic, Origin Origin), long> _numbers;

    public Knowledge() => _numbers = [];

    private Knowledge(Dictionary<(string Topic, Origin Origin), long> numbers) => _numbers = numbers;

    public IReadOnlyDictionary<(string Topic, Origin Origin), long> Numbers => _numbers;

    public long this[string topic, Origin origin]
    {
        get => _numbers.GetValueOrDefault((topic, origin));
        set => _numbers[(topic, origin)] = value;
    }

    public bool Has(SimulatedEvent one) => this[one.Topic, one.Origin] >= one.Number;

    public Knowledge Clone() => new(new(_numbers));

    public void Merge(Knowledge other)
    {
        foreach (var (key, number) in other._numbers)
            _numbers[key] = Math.Max(number, _numbers.GetValueOrDefault(key));
    }

    public bool IsSameAs(Knowledge other) =>
        _numbers.Count == other._numbers.Count && _numbers.All(entry => other._numbers.TryGetValue(entry.Key, out var number) && number == entry.Value);
}
