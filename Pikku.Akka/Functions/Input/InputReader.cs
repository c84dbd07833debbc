using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Functions.Input;

/// <summary>Reads and validates the input of one function. Made once per function, used by all threads.</summary>
/// <typeparam name="TIn">Any type that JSON can be read into; <see cref="None"/> ignores what came.</typeparam>
internal sealed class InputReader<TIn>
{
    private static readonly bool IsNone = typeof(TIn) == typeof(None);

    private readonly InputFormat _format;
    private readonly ValidationRules _rules;
    private readonly JsonTypeInfo<TIn> _type;
    private readonly InputShape _shape;
    private readonly bool _acceptsNull;

    /// <summary>Looks the type over, down to its last property, so that one that can't be read is known at the start.</summary>
    /// <param name="options">The application's.</param>
    /// <param name="acceptsNull">Whether the function declares its input nullable, which the type itself does not tell of a class.</param>
    /// <exception cref="NotSupportedException">JSON can't be read into the type.</exception>
    /// <exception cref="InvalidOperationException">The type contradicts itself: two properties of one JSON name, for example.</exception>
    public InputReader(InputOptions options, bool acceptsNull = false)
    {
        _format = options.Messages;
        _rules = options.Rules;
        _type = (JsonTypeInfo<TIn>)_format.Read(typeof(TIn));
        _shape = new InputShape(typeof(TIn), _format);
        _acceptsNull = acceptsNull || _shape.TakesNull;
        HasRules = _rules.Exist(typeof(TIn));
    }

    /// <summary>The input itself has a property <c>data</c>, so that one in a message does not mean an envelope.</summary>
    public bool DeclaresData => _shape.Declares("data");

    /// <summary>The input notices properties that it does not declare.</summary>
    public bool TakesAnything => _shape.TakesAnything;

    /// <summary>Whether there is anything to validate beyond types, required properties and nulls.</summary>
    public bool HasRules { get; }

    /// <summary>Whether the routing property must be cut out of a flat message, because the input would notice it.</summary>
    public bool NeedsExcision(string routingKey) => TakesAnything || _shape.Declares(routingKey);

    /// <summary>Reads the input, defaults filled in.</summary>
    /// <param name="json">The data as it came; empty when the message has none.</param>
    /// <exception cref="UnprocessableContentError">The JSON does not fit the type. All that is missing or wrong is told.</exception>
    public TIn Deserialize(ReadOnlySpan<byte> json)
    {
        if (IsNone)
            return default!;
        if (IsNothing(json))
        {
            if (_acceptsNull)
                return JsonSerializer.Deserialize("null"u8, _type)!;
            if (!_shape.IsObject)
                throw new UnprocessableContentError("", Texts.Required);
            json = "{}"u8;
        }
        LoneSurrogates.Refuse(json);
        try
        {
            return JsonSerializer.Deserialize(json, _type)!;
        }
        // An abstract type without its discriminator is "not supported" to System.Text.Json.
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            throw new InputDiagnosis(_format).Explain(json.ToArray(), typeof(TIn), failure as JsonException);
        }
    }

    /// <summary>Validates what was read. Completes at once and allocates nothing when the type has no rules.</summary>
    /// <param name="value">What was read.</param>
    /// <param name="services">The services of the call, for rules that ask for one.</param>
    /// <param name="cancellationToken">The connection's.</param>
    /// <exception cref="UnprocessableContentError">A rule is broken. All broken ones are told.</exception>
    public ValueTask ValidateAsync(TIn value, IServiceProvider services, CancellationToken cancellationToken) =>
        HasRules && value is not null ? _rules.ValidateAsync(value, services, cancellationToken) : ValueTask.CompletedTask;

    private static bool IsNothing(ReadOnlySpan<byte> json)
    {
        json = json.Trim(" \t\r\n"u8);
        return json.IsEmpty || json.SequenceEqual("null"u8);
    }
}
