using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Validation;
using Pikku.Akka.Functions.Input.Rules;

namespace Pikku.Akka.Functions.Input;

/// <summary>
/// The validation rules of the application's input types: data annotations and <see cref="IValidatableObject"/>, found by reflection at the start
/// and run by the engine of ASP.NET Core, Microsoft.Extensions.Validation.
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
        // The reader limits the depth of a value; the engine throws for deeper values.
        _options = new ValidationOptions { MaxDepth = format.MaxDepth + 1, Resolvers = { this } };
    }

    /// <summary>True when a value of the type, or any value that it contains, can break a rule.</summary>
    public bool HasRules(Type type) => _graph.HasRules(type);

    /// <summary>Checks that JSON can be read into a type and into every type that it contains.</summary>
    /// <exception cref="NotSupportedException">JSON can't be read into one of them; the message says which one, why, and how to fix it.</exception>
    public void DemandReadable(Type type) => _graph.HasRules(type);

    /// <exception cref="UnprocessableContentError">Rules are broken; the error lists all of them.</exception>
    public async ValueTask ValidateAsync(object value, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (!TryGetValidatableTypeInfo(value.GetType(), out var rules))
            return;
        // The engine parses bounds such as "0.5" and formats the numbers in its texts with the culture of this method.
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

    // The engine asks for parameters of methods; functions here have none that could carry attributes.
    public bool TryGetValidatableParameterInfo(ParameterInfo parameterInfo, [NotNullWhen(true)] out IValidatableInfo? validatableInfo) =>
        (validatableInfo = null) is not null;

    // No value has an abstract type. The engine asks for every base type and interface, but the rules here already include the inherited ones.
    private IValidatableInfo? Find(Type type) => type.IsAbstract ? null : RuleGraph.KindOf(type, _format) switch
    {
        RuleKind.Enum => new EnumRules(type),
        RuleKind.Pair when _graph.HasRules(type) => new PairRules(type, _options),
        RuleKind.Items when _graph.HasRules(type) => new ItemsRules(_options),
        RuleKind.Object when _graph.HasRules(type) => new ObjectRules(type, _graph.MembersOf(type)),
        _ => null,
    };

    private List<InputProblem> Details(Dictionary<string, string[]> errors, object value)
    {
        var details = errors.SelectMany(e => e.Value.Select(message => (Path: e.Key, Message: message))).Take(InputPath.MaxDetails);
        return [.. details.Select(d => new InputProblem(ClrPath.ToJson(d.Path, value, _format), d.Message))];
    }
}
