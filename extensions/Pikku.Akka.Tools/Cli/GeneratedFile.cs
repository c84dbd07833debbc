namespace Pikku.Akka.Cli;

/// <summary>A generated file that is committed with the sources that use it.</summary>
internal static class GeneratedFile
{
    /// <summary>Writes the file, or checks that it is up to date. Line endings are ignored.</summary>
    /// <param name="path">The path of the file; missing folders are created.</param>
    /// <param name="content">The content of the file.</param>
    /// <param name="check">True to check the file and write nothing.</param>
    /// <param name="output">Receives the result.</param>
    /// <param name="error">Receives the reason if the check fails.</param>
    /// <returns>The exit code: 1 if a check finds that the file is missing or out of date.</returns>
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
            error.WriteLine(File.Exists(path) ? $"{path} is out of date. Run the command without --check to update it." : $"{path} does not exist. Run the command without --check to create it.");
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
