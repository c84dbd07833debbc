using Pikku.Akka.Cli;
using Xunit;

namespace Pikku.Akka.Tests.Cli;

public sealed class GeneratedFileSpec : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    private string File => Path.Combine(_folder, "sub", "Client.cs");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_check_writes_nothing_and_fails_until_the_file_is_up_to_date()
    {
        Assert.Equal(1, Write("a\n", check: true));
        Assert.False(System.IO.File.Exists(File));
        Assert.Equal(0, Write("a\n", check: false));
        Assert.Equal(0, Write("a\n", check: true));
        Assert.Equal(1, Write("b\n", check: true));
        Assert.Contains("is out of date", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal("a\n", System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void Line_endings_are_ignored()
    {
        Write("a\r\nb\r\n", check: false);
        Assert.Equal(0, Write("a\nb\n", check: true));
    }

    private int Write(string content, bool check) => GeneratedFile.Write(File, content, check, _output, _error);
}
