namespace Pikku.Akka;

/// <summary>Sets the gates and the details of a function where it is wired. Its permissions, scopes and middleware add to those of its attributes.</summary>
public sealed class FunctionBuilder : GateBuilder<FunctionBuilder>
{
    private readonly ActionDefinition _action;

    internal FunctionBuilder(ActionDefinition action) : base(action.Gates) => _action = action;

    /// <summary>Sets the title for documents and lists.</summary>
    /// <param name="title">A human-readable title.</param>
    public FunctionBuilder WithTitle(string title)
    {
        ArgumentNullException.ThrowIfNull(title);
        _action.Function = _action.Function with { Title = title };
        return this;
    }
}
