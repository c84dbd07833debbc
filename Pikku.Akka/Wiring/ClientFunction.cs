namespace Pikku.Akka;

/// <summary>
/// A function that a client exposes and the server calls. Declare it once, as a static field, and use it for wiring
/// (<see cref="ChannelBuilder.AddClientFunction{TInput, TOutput}"/>) and for the call (<see cref="IPikkuChannel.InvokeAsync{TIn, TOut}"/>).
/// </summary>
/// <typeparam name="TInput">The type of the argument; <see cref="NoData"/> for none.</typeparam>
/// <typeparam name="TOutput">The type of the answer; <see cref="NoData"/> for none.</typeparam>
/// <param name="Name">The name under which the client exposes the function.</param>
public sealed record ClientFunction<TInput, TOutput>(string Name);
