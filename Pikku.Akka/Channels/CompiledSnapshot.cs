using Pikku.Akka.Functions;

namespace Pikku.Akka.Channels;

/// <summary>The function that loads the state of a topic. Created once at startup.</summary>
/// <param name="Runner">Runs the function with the key as its data.</param>
/// <param name="Permissions">The permissions of the function itself.</param>
internal sealed record CompiledSnapshot(FunctionRunner Runner, PermissionCheck Permissions);
