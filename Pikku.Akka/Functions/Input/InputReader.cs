using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Functions.Input;

/// <summary>Reads and validates the input of one function. Created once per function and used by all threads.</summary>
/// <typeparam name="TIn">Any type that JSON can be read into; with <see cref="NoData"/> the data is ignored.</typeparam>
internal sealed class InputReader<TIn>
{
    private static readonly bool IsNone = typeof(TIn) == typeof(NoData);

    private readonly InputFormat _format;
    private readonly ValidationRules _rules;
    private readonly JsonTypeInfo<TIn> _type;
    private readonly InputShape _shape;
    private readonly bool _acceptsNull;

    /// <summary>Checks the type down to its last property, so that a type that can't be read is found at the start.</summary>
    /// <param name="options">The options of the application.</param>
    /// <param name="acceptsNull">True when the function declares its input as nullable, which the type of a class does not show.</param>
    /// <exception cref="NotSupportedException">JSON can't be read into the type.</exception>
    /// <exception cref="InvalidOperationException">The type is contradictory, for example two properties have the same JSON name.</exception>
    public InputReader(InputOptions options, bool acceptsNull = false)
    {
        _format = options.Messages;
        _rules = options.Rules;
        _type = (JsonTypeInfo<TIn>)_format.Read(typeof(TIn));
        _shape = new InputShape(typeof(TIn), _format);
        _acceptsNull = acceptsNull || _shape.AcceptsNull;
        HasRules = _rules.HasRules(typeof(TIn));
    }

    /// <summary>True when the input has a property <c>data</c>, so that <c>data</c> in a message does not mean an envelope.</summary>
    public bool DeclaresData => _shape.Declares("data");

    /// <summary>True when the input processes properties that it does not declare.</summary>
    public bool HandlesUnknown => _shape.HandlesUnknown;

    /// <summary>True when the type has rules besides its types, required properties and nullability.</summary>
    public bool HasRules { get; }

    /// <summary>True when the routing property must be removed from a flat message because the input would process it.</summary>
    public bool NeedsExcision(string routingKey) => HandlesUnknown || _shape.Declares(routingKey);

    /// <summary>Reads the input and fills in defaults.</summary>
    /// <param name="json">The data as received; empty when the message has none.</param>
    /// <exception cref="UnprocessableContentError">The JSON does not fit the type; the error lists everything that is missing or wrong.</exception>
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
        // System.Text.Json throws NotSupportedException for an abstract type without its discriminator.
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            throw new InputDiagnosis(_format).Explain(json.ToArray(), typeof(TIn), failure as JsonException);
        }
    }

    /// <summary>Validates the value. Completes synchronously and allocates nothing when the type has no rules.</summary>
    /// <param name="value">The value.</param>
    /// <param name="services">The services of the call, for rules that need them.</param>
    /// <param name="cancellationToken">The cancellation of the connection.</param>
    /// <exception cref="UnprocessableContentError">Rules are broken; the error lists all of them.</exception>
    public ValueTask ValidateAsync(TIn value, IServiceProvider services, CancellationToken cancellationToken) =>
        HasRules && value is not null ? _rules.ValidateAsync(value, services, cancellationToken) : ValueTask.CompletedTask;

    private static bool IsNothing(ReadOnlySpan<byte> json)
    {
        json = json.Trim(" \t\r\n"u8);
        return json.IsEmpty || json.SequenceEqual("null"u8);
    }
}
