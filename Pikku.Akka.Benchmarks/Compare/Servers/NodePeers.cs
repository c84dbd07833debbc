using System.ComponentModel;
using System.Diagnostics;

namespace Pikku.Akka.Benchmarks.Compare.Servers;

/// <summary>The peers that run on Node. Their packages are installed once, in a folder that git ignores.</summary>
internal static class NodePeers
{
    public static string Folder { get; } = Path.GetFullPath(Path.Combine("artifacts", "node-peers"));

    /// <summary>Returns null if the peers can be started, otherwise the reason why not.</summary>
    public static async Task<string?> PrepareAsync(CancellationToken cancel)
    {
        Directory.CreateDirectory(Folder);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "node")))
            File.Copy(file, Path.Combine(Folder, Path.GetFileName(file)), overwrite: true);
        if (await Fails("node", ["--version"], cancel) is { } noNode)
            return noNode;

        // npm writes this file after it has installed everything, so the packages are installed again if the manifest is newer.
        var done = new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json"));
        var manifest = new FileInfo(Path.Combine(Folder, "package.json"));
        if (done.Exists && done.LastWriteTimeUtc >= manifest.LastWriteTimeUtc)
            return null;
        Console.Error.WriteLine($"installing the Node peers into {Folder}");
        return await Fails("npm", ["install", "--no-audit", "--no-fund", "--loglevel", "error"], cancel);
    }

    private static async Task<string?> Fails(string program, string[] arguments, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(cancel);
            await process.StandardOutput.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            return process.ExitCode == 0 ? null : $"{program} failed: {(await errors).Trim().Split('\n')[0]}";
        }
        catch (Win32Exception)
        {
            return $"{program} is not installed";
        }
    }
}
