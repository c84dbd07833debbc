using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Validation;
using Pikku.Akka.Functions.Input.Rules;

namespace Pikku.Akka.Functions.Input;

/// <summary>
/// The rules of the application's input types: data annotations and <see cref="IValidatableObject"/>, found by reflection at the start
/// and run by ASP.NET Core's own engine, Microsoft.Extensions.Validation.
/// </summary>
internal sealed class ValidationRules : IValidatableInfoResolver
{
    private readonly InputFormat _format;
    private readonly RuleGraph _graph;
    private readonly ValidationOptions _options;
    private readonly ConcurrentDictionary<Type, IValidatableInfo?> _rules = new();

    public ValidationRules(InputFormat format)
    {
        _format = format;
        _graph = new RuleGraph(format);
        // What was read is no deeper than the reader allows; the engine throws on what is.
        _options = new ValidationOptions { MaxDepth = format.MaxDepth + 1, Resolvers = { this } };
    }

    /// <summary>Whether a value of the type can break a rule, in itself or in anything that it holds.</summary>
    public bool Exist(Type type) => _graph.HasRules(type);

    /// <summary>Looks over a type that is read, and every type that it has.</summary>
    /// <exception cref="NotSupportedException">JSON can't be read into one of them; the message says which, why and what to do.</exception>
    public void DemandReadable(Type type) => _graph.HasRules(type);

    /// <exception cref="UnprocessableContentError">A rule is broken. All broken ones are told.</exception>
    public async ValueTask ValidateAsync(object value, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (!TryGetValidatableTypeInfo(value.GetType(), out var rules))
            return;
        // Bounds such as "0.5" are read, and the numbers in what clients are told are written, by the culture of this method and what it calls.
        if (!ReferenceEquals(CultureInfo.CurrentCulture, CultureInfo.InvariantCulture))
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var guard = new RuleGuard(services);
        var context = new ValidateContext
        {
            ValidationContext = new ValidationContext(value, "input", guard, items: null),
            ValidationOptions = _options,
        };
        await rules.ValidateAsync(value, context, cancellationToken);
        guard.Rethrow();
        if (context.ValidationErrors is { Count: > 0 } errors)
            throw new UnprocessableContentError(Details(errors, value));
    }

    public bool TryGetValidatableTypeInfo(Type type, [NotNullWhen(true)] out IValidatableInfo? validatableInfo) =>
        (validatableInfo = _rules.GetOrAdd(type, static (t, self) => self.Find(t), this)) is not null;

    // Functions are no methods here whose parameters could have attributes.
    public bool TryGetValidatableParameterInfo(ParameterInfo parameterInfo, [NotNullWhen(true)] out IValidatableInfo? validatableInfo) =>
        (validatableInfo = null) is not null;

    // No value is of an abstract type. The engine asks for every base and interface, and ours hold the inherited rules already.
    private IValidatableInfo? Find(Type type) => type.IsAbstract ? null : RuleGraph.KindOf(type, _format) switch
    {
        RuleKind.Enum => new EnumRules(type),
        RuleKind.Pair when _graph.HasRules(type) => new PairRules(type, _options),
        RuleKind.Items when _graph.HasRules(type) => new ItemsRules(_options),
        RuleKind.Object when _graph.HasRules(type) => new ObjectRules(type, _graph.MembersOf(type)),
        _ => null,
    };

    private List<ErrorDetail> Details(Dictionary<string, string[]> errors, object value)
    {
        var details = errors.SelectMany(e => e.Value.Select(message => (Path: e.Key, Message: message))).Take(InputPath.MaxDetails);
        return [.. details.Select(d => new ErrorDetail(ClrPath.ToJson(d.Path, value, _format), d.Message))];
    }
}
