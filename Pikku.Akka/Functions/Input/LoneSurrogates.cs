using System.Text.Json;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Functions.Input;

/// <summary>
/// Refuses JSON with half of a surrogate pair in a string or a name. An escape can express one (<c>"\ud83d"</c>), but it is not valid Unicode: it
/// can't be read as a string, and as raw JSON it could not be written again.
/// </summary>
internal static class LoneSurrogates
{
    /// <exception cref="UnprocessableContentError">The JSON has lone surrogates; the error lists all places.</exception>
    public static void Refuse(ReadOnlySpan<byte> json)
    {
        if (JsonText.HasLoneSurrogate(json))
            throw Explain(json);
    }

    private static UnprocessableContentError Explain(ReadOnlySpan<byte> json)
    {
        var details = new List<InputProblem>();
        var open = new List<Level>();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (details.Count < InputPath.MaxDetails && reader.Read())
                CheckToken(json, reader, open, details);
        }
        catch (JsonException)
        {
            return new UnprocessableContentError("", Texts.NotJson);
        }

        return new UnprocessableContentError(details);
    }

    private static void CheckToken(ReadOnlySpan<byte> json, in Utf8JsonReader reader, List<Level> open, List<InputProblem> details)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                var start = (int)reader.TokenStartIndex + 1;
                open[^1] = new Level(start, reader.ValueSpan.Length, 0);
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                open.RemoveAt(open.Count - 1);
                return;
            default:
                if (open is [.., { IsArray: true } list])
                    open[^1] = list with { Index = list.Index + 1 };
                break;
        }

        if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && reader.ValueIsEscaped && JsonText.HasLoneSurrogate(reader.ValueSpan))
            details.Add(new InputProblem(PathOf(json, open), Texts.NotText));
        if (reader.TokenType == JsonTokenType.StartObject)
            open.Add(new Level(0, 0, 0));
        else if (reader.TokenType == JsonTokenType.StartArray)
            open.Add(new Level(0, 0, -1, IsArray: true));
    }

    private static string PathOf(ReadOnlySpan<byte> json, List<Level> open)
    {
        var path = "";
        foreach (var level in open)
            path = level.IsArray
                ? InputPath.Item(path, level.Index)
                : InputPath.Property(path, JsonText.ToString(json.Slice(level.NameStart, level.NameLength)));
        return path;
    }

    // An open object with the name of the last property, or an open list with the index of the current item.
    private readonly record struct Level(int NameStart, int NameLength, int Index, bool IsArray = false);
}
