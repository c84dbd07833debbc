using Microsoft.EntityFrameworkCore;

namespace Pikku.Akka.Host.Data;

/// <summary>Creates the tables, or updates them to this version of the program. Nodes that start at the same time wait for each other.</summary>
internal sealed class DataMigration(IDbContextFactory<HostData> database) : IHostedLifecycleService
{
    /// <summary>Runs before any service starts, so that the first message already finds the tables.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await using var data = await database.CreateDbContextAsync(cancellationToken);
        await data.Database.MigrateAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
