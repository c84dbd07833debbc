using System.Text.Json;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Inspection;

/// <summary>Writes down the answers of the gates of one call. A permission that answers after its deadline may still call it, so it is locked.</summary>
/// <param name="action">The action.</param>
/// <param name="given">The data that is known: that of the message, the opening data, the key, the principal.</param>
internal sealed class ExplainWitness(BoundAction action, PermissionData given) : GateWitness
{
    private readonly Lock _lock = new();
    private readonly List<ExplainedGate> _answers = [];
    private readonly HashSet<Gate> _known = [];
    private List<ExplainedPart>? _parts;
    private Gate? _asking;
    private bool _ended;

    public override bool MayAsk(PermissionGate gate)
    {
        var missing = gate.Permission.Uses & ~given;
        if (missing == PermissionData.None)
            return true;
        Add(gate, GateOutcome.NeedsInput, detail: missing.HasFlag(PermissionData.Message) ? "It uses the data of the message, which was not given."
            : missing.HasFlag(PermissionData.Opening) ? "It uses the opening data of a connection, and the user has none on this channel."
            : "It asks about the principal of a connection, and the user has none on this channel.");
        return false;
    }

    public override void Asking(Gate gate)
    {
        lock (_lock)
            (_asking, _parts) = (gate, null);
    }

    public override void Answered(Gate gate, bool allows) => Add(gate, allows ? GateOutcome.Allows : GateOutcome.Denies);

    public override void Kept(Gate gate) => Add(gate, GateOutcome.Allows, detail: "The connection keeps an earlier answer (CacheFor).");

    public override void PartAnswered(PikkuPermission part, bool allows)
    {
        lock (_lock)
            (_parts ??= []).Add(new ExplainedPart(part.Description, allows ? GateOutcome.Allows : GateOutcome.Denies));
    }

    /// <summary>Ends the list.</summary>
    /// <param name="error">The exception that has ended the call; null when all gates let it through.</param>
    /// <param name="info">The error that a client would get for it.</param>
    public (Verdict Verdict, IReadOnlyList<ExplainedGate> Gates) End(Exception? error, in ErrorInfo info)
    {
        lock (_lock)
        {
            _ended = true;
            if (error is null)
                return (_answers.Exists(answer => answer.Outcome == GateOutcome.NeedsInput) ? Verdict.Unknown : Verdict.Allowed, _answers);
            if (_answers is [.., { Outcome: GateOutcome.Denies }])
                _answers[^1] = _answers[^1] with { Error = info.Name };
            else if (_asking is { } asking && _known.Add(asking))
                _answers.Add(Describe(asking, GateOutcome.Threw, info.Name, $"It has thrown {error.GetType().Name}.", _parts));
            else
                _answers.Add(new ExplainedGate("input", "action", "the data of the message", GateOutcome.Denies, info.Name, ProblemsOf(error)));
            foreach (var gate in action.Gates)
                if (_known.Add(gate))
                    _answers.Add(Describe(gate, GateOutcome.NotAsked, null, "An earlier gate has refused the call.", null));
            return (Verdict.Denied, _answers);
        }
    }

    private static string ProblemsOf(Exception error) => error is UnprocessableContentError { Details: { Count: > 0 } details }
        ? string.Join("; ", details.Select(problem => problem.Path.Length == 0 ? problem.Message : $"{problem.Path} {problem.Message}"))
        : error is PikkuException known ? known.Message : $"It can't be read: {error.GetType().Name}.";

    private static ExplainedGate Describe(Gate gate, GateOutcome outcome, string? error, string? detail, IReadOnlyList<ExplainedPart>? parts) => new(
        NameOf(gate.Kind), NameOf(gate.Place), gate.Name, outcome, error, detail, parts);

    private static string NameOf<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private void Add(Gate gate, GateOutcome outcome, string? detail = null)
    {
        lock (_lock)
        {
            if (_ended)
                return;
            _known.Add(gate);
            _answers.Add(Describe(gate, outcome, null, detail, _asking == gate ? _parts : null));
            (_asking, _parts) = (null, null);
        }
    }
}
