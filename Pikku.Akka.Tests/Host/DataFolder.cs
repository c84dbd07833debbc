namespace Pikku.Akka.Tests.Host;

/// <summary>A temporary folder with the data of a Host.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pikku-host-");

    /// <summary>The argument that makes a Host keep its data here.</summary>
    public string Argument => $"--ConnectionStrings:SQLite=Data Source={Path.Combine(_folder.FullName, "host.db")}";

    public void Dispose()
    {
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // Windows keeps a file that a pooled connection still has open.
        }
    }
}
