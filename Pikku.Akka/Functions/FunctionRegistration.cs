using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Functions.Input;

namespace Pikku.Akka.Functions;

/// <summary>Registers the services that read the input of functions.</summary>
internal static class FunctionRegistration
{
    public static IServiceCollection AddFunctions(this IServiceCollection services) => services
        .AddSingleton(provider => new InputOptions(provider.GetWiring().Json))
        .AddSingleton<OpeningDataBinder>();
}
