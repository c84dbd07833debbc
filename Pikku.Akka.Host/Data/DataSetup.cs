using Microsoft.EntityFrameworkCore;

namespace Pikku.Akka.Host.Data;

/// <summary>Selects the database.</summary>
internal static class DataSetup
{
    private const string FileName = "host.db";

    /// <summary>
    /// Adds the data: in PostgreSQL if the configuration contains <c>ConnectionStrings:PostgreSQL</c>, otherwise in SQLite. <c>ConnectionStrings:SQLite</c> names
    /// another file than <c>host.db</c> next to the program.
    /// </summary>
    public static void AddData(this WebApplicationBuilder builder)
    {
        // EF Core logs each command and, during a migration, a failure that is part of it. A command that fails is thrown and logged by its caller.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None);
        if (builder.Configuration.GetConnectionString("PostgreSQL") is { Length: > 0 } postgres)
            builder.Services.AddContext<PostgresData>(options => options.UseNpgsql(postgres));
        else
            builder.Services.AddContext<SqliteData>(options => options.UseSqlite(
                builder.Configuration.GetConnectionString("SQLite") ?? $"Data Source={Path.Combine(AppContext.BaseDirectory, FileName)}"));
        // Registered before AddPikku: the tables exist before the node joins its cluster and accepts connections.
        builder.Services.AddHostedService<DataMigration>();
    }

    private static void AddContext<TData>(this IServiceCollection services, Action<DbContextOptionsBuilder> configure) where TData : HostData
    {
        services.AddPooledDbContextFactory<TData>(configure);
        services.AddSingleton<IDbContextFactory<HostData>, DataFactory<TData>>();
    }

    private sealed class DataFactory<TData>(IDbContextFactory<TData> contexts) : IDbContextFactory<HostData> where TData : HostData
    {
        public HostData CreateDbContext() => contexts.CreateDbContext();
    }
}
