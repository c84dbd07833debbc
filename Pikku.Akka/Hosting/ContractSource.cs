using System.Reflection;
using Pikku.Akka.AsyncApi;
using Pikku.Akka.Contracts;

namespace Pikku.Akka.Hosting;

/// <summary>The contract of the application, read when it is asked for first. Nothing needs to run for it, and nothing is started.</summary>
internal sealed class ContractSource(PikkuPlan plan, ChannelAddresses addresses)
{
    private readonly Lazy<AppContract> _contract = new(() => Mapped(ContractReader.Read(plan.Channels, plan.App.Json), addresses.Read()));

    /// <exception cref="PikkuWiringException">The wiring has mistakes.</exception>
    public AppContract Contract => _contract.Value;

    /// <summary>The document of AsyncAPI.</summary>
    /// <param name="info">What it says of the application; null for what its assembly says.</param>
    public string AsyncApi(AsyncApiInfo? info = null) =>
        AsyncApiDocument.Write(Contract, new ErrorCatalog(plan.App.Errors), info ?? Info);

    // A channel that nobody has mapped yet has its own route.
    private static AppContract Mapped(AppContract contract, IReadOnlyDictionary<string, string> addresses) => contract with
    {
        Channels = [.. contract.Channels.Select(channel => addresses.TryGetValue(channel.Name, out var address) ? channel with { Route = address } : channel)],
    };

    /// <summary>As the assembly that was started says it of itself.</summary>
    public static AsyncApiInfo Info { get; } = AsyncApiInfo.Of(Assembly.GetEntryAssembly());
}
