namespace Pikku.Akka.Cli;

/// <summary>A file that is generated and kept beside what uses it.</summary>
internal static class GeneratedFile
{
    /// <summary>Writes the file, or only says whether it is what would be written. Line ends do not count.</summary>
    /// <param name="path">Where; folders are made.</param>
    /// <param name="content">What.</param>
    /// <param name="check">True to write nothing.</param>
    /// <param name="output">Told what was done.</param>
    /// <param name="error">Told what is wrong.</param>
    /// <returns>The exit code: 1 when a check found another file, or none.</returns>
    public static int Write(string path, string content, bool check, TextWriter output, TextWriter error)
    {
        var isCurrent = File.Exists(path) && Text(File.ReadAllText(path)) == Text(content);
        if (isCurrent)
        {
            output.WriteLine($"{path} is up to date.");
            return 0;
        }

        if (check)
        {
            error.WriteLine(File.Exists(path) ? $"{path} is not what the wiring gives. Generate it anew, without --check." : $"{path} does not exist. Generate it, without --check.");
            return 1;
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        File.WriteAllText(path, content);
        output.WriteLine($"{path} was written.");
        return 0;
    }

    private static string Text(string content) => content.ReplaceLineEndings("\n");
}
