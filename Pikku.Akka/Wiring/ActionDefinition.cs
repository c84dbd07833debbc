namespace Pikku.Akka;

/// <summary>A function wired to one action, with the gates and details of that wiring.</summary>
internal sealed class ActionDefinition(FunctionDescriptor function)
{
    /// <summary>The function, with the title that the wiring gives it.</summary>
    public FunctionDescriptor Function { get; set; } = function;

    /// <summary>What a call has to pass in addition to the gates of the function. A null <see cref="Gates.RequiresSession"/> means the setting of the channel.</summary>
    public Gates Gates { get; } = new();
}
