using Microsoft.EntityFrameworkCore;

namespace Pikku.Akka.Host.Data;

/// <summary>The data in a database of PostgreSQL, which the nodes of a cluster share.</summary>
internal sealed class PostgresData(DbContextOptions<PostgresData> options) : HostData(options);
