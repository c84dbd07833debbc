namespace Pikku.Akka.AsyncApi;

/// <summary>The command <c>asyncapi</c>: writes the document to a file, or to where it is run.</summary>
internal static class AsyncApiCommand
{
    /// <param name="document">Writes the document; mistakes in the wiring are its caller's to tell.</param>
    /// <param name="file">Where to; null for <paramref name="output"/>.</param>
    /// <param name="output">The document, or a line that says where it is.</param>
    /// <param name="error">Why it is not.</param>
    /// <returns>0 when it was written, 2 when the file could not be.</returns>
    public static int Run(Func<string> document, string? file, TextWriter output, TextWriter error)
    {
        var text = document();
        if (file is null)
        {
            output.Write(text);
            return 0;
        }

        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
                Directory.CreateDirectory(folder);
            File.WriteAllText(file, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            error.WriteLine($"{file} can't be written: {e.Message}");
            return 2;
        }

        output.WriteLine($"Wrote {file}");
        return 0;
    }
}
