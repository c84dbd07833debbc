using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Pikku.Akka.Endpoints;
using Pikku.Akka.Hosting;

namespace Pikku.Akka;

/// <summary>Serves the contract of an application as an AsyncAPI document.</summary>
public static class AsyncApiEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps an AsyncAPI 3.0.0 document that describes what clients may rely on: channels, actions, topics, and the schemas of all messages.
    /// </summary>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="pattern">The route of the document.</param>
    /// <exception cref="InvalidOperationException">AddPikku has not been called.</exception>
    public static IEndpointConventionBuilder MapPikkuAsyncApi(this IEndpointRouteBuilder endpoints, string pattern = "/asyncapi.json")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        _ = PikkuPlan.Of(endpoints.ServiceProvider, nameof(MapPikkuAsyncApi));
        var page = new AsyncApiPage(ContractSource.Of(endpoints.ServiceProvider));
        return endpoints.MapGet(pattern, page.WriteAsync).WithDisplayName("asyncapi");
    }
}
