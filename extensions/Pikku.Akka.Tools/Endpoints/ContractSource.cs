using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.AsyncApi;
using Pikku.Akka.Contracts;
using Pikku.Akka.Hosting;

namespace Pikku.Akka.Endpoints;

/// <summary>The contract of an application, read from its wiring and from the addresses at which its channels are mapped. Nothing is started for it.</summary>
internal sealed class ContractSource(PikkuPlan plan, ChannelAddresses addresses)
{
    // Read when it is first asked for: channels may be mapped after the document's own endpoint.
    private readonly Lazy<AppContract> _contract = new(() => Mapped(ContractReader.Read(plan.Channels, plan.App.Json), addresses.Read()));

    /// <exception cref="PikkuWiringException">The wiring has mistakes.</exception>
    public AppContract Contract => _contract.Value;

    /// <summary>Name and version, as the assembly that was started has them.</summary>
    public static AsyncApiInfo Info { get; } = AsyncApiInfo.Of(Assembly.GetEntryAssembly());

    /// <summary>The contract of an application that has called AddPikku.</summary>
    /// <param name="services">The services of the application.</param>
    public static ContractSource Of(IServiceProvider services) =>
        new(services.GetRequiredService<PikkuPlan>(), services.GetRequiredService<ChannelAddresses>());

    /// <summary>The contract as an AsyncAPI document.</summary>
    /// <param name="info">Describes the application in the document; null for <see cref="Info"/>.</param>
    public string AsyncApi(AsyncApiInfo? info = null) =>
        AsyncApiDocument.Write(Contract, new ErrorCatalog(plan.App.Errors), info ?? Info);

    // A channel that is not mapped yet keeps its own route.
    private static AppContract Mapped(AppContract contract, IReadOnlyDictionary<string, string> addresses) => contract with
    {
        Channels = [.. contract.Channels.Select(channel => addresses.TryGetValue(channel.Name, out var address) ? channel with { Route = address } : channel)],
    };
}
