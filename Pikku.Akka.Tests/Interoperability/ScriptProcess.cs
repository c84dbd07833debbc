using System.Diagnostics;
using System.Text;

namespace Pikku.Akka.Tests.Interoperability;

/// <summary>A program that answers each line of its input with one line of output.</summary>
internal sealed class ScriptProcess : IAsyncDisposable
{
    private readonly Process _process;

    public ScriptProcess(string program, params string[] arguments) => _process = Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true, RedirectStandardOutput = true, StandardInputEncoding = new UTF8Encoding(false), StandardOutputEncoding = Encoding.UTF8,
    })!;

    public async Task<string> RunAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
        return await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The program has ended; its error is in the output of the tests.");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
