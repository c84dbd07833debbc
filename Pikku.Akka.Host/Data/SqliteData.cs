using Microsoft.EntityFrameworkCore;

namespace Pikku.Akka.Host.Data;

/// <summary>The data in a file of SQLite, for one node.</summary>
internal sealed class SqliteData(DbContextOptions<SqliteData> options) : HostData(options);
