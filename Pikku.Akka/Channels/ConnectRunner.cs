using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.Functions;

namespace Pikku.Akka.Channels;

/// <summary>Runs <c>onConnect</c>, and then makes the connection join presence topics.</summary>
/// <param name="inner">The function of the application; null for none.</param>
/// <param name="joins">The presence topics.</param>
internal sealed class ConnectRunner(FunctionRunner? inner, IReadOnlyList<PresenceJoin> joins) : FunctionRunner
{
    public override Type Input => inner?.Input ?? typeof(NoData);

    public override JsonTypeInfo? Output => inner?.Output;

    public override bool DeclaresData => false;

    public override bool NeedsExcision(string routingKey) => false;

    public override async ValueTask RunAsync(Invocation invocation)
    {
        if (inner is not null)
            await inner.RunAsync(invocation);
        var connection = ((ConnectionInvocation)invocation).Connection;
        foreach (var join in joins)
        {
            if (await join.Info.LoadAsync(invocation, connection.OpeningDataOrNull) is { } info)
                await connection.Endpoint.Hub.JoinAsync(join.NameOf(connection.OpeningDataOrNull), connection.Id, info);
        }
    }
}
