using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Functions.Input;

namespace Pikku.Akka.Functions;

/// <summary>Registers how the input of functions is read.</summary>
internal static class FunctionRegistration
{
    public static IServiceCollection AddFunctions(this IServiceCollection services) => services
        .AddSingleton(provider => new InputOptions(provider.GetWiring().Json))
        .AddSingleton<OpeningDataBinder>();
}
