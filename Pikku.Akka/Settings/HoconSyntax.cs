namespace Pikku.Akka.Settings;

/// <summary>
/// Checks HOCON before Akka parses it. Akka's parser silently accepts a missing brace, an unclosed quote or a key without a value and
/// misreads what follows; the operator would notice it only by the behaviour of the node.
/// </summary>
internal sealed class HoconSyntax
{
    private const string NeedsQuotes = "$\"`^?!@*&\\=:+";

    private readonly string _text;
    private int _at;

    private HoconSyntax(string text) => _text = text;

    private bool AtEnd => _at >= _text.Length;

    /// <summary>Checks a text up to its first error.</summary>
    /// <exception cref="FormatException">The text has an error; the message says where.</exception>
    public static void Check(string text)
    {
        var syntax = new HoconSyntax(text);
        syntax.SkipToToken();
        if (syntax.Takes("{"))
        {
            syntax.Fields(openedAt: syntax._at - 1);
            syntax.SkipToToken();
        }
        else
        {
            syntax.Fields(openedAt: null);
        }

        if (!syntax.AtEnd)
            throw syntax.Error(syntax._at, $"'{syntax._text[syntax._at]}' has no opening counterpart; remove it, or open a section before it");
    }

    private void Fields(int? openedAt)
    {
        while (true)
        {
            SkipToToken();
            if (AtEnd && openedAt is { } start)
                throw Error(start, "the section that opens here is never closed; add a '}'");
            if (AtEnd || (openedAt is null && Sees("}")) || Sees("]"))
                return;
            if (Takes("}"))
                return;
            Field();
        }
    }

    private void Field()
    {
        var start = _at;
        var key = Key();
        SkipToToken();
        if (Takes("{"))
        {
            Fields(openedAt: _at - 1);
            return;
        }

        if (!Takes("=") && !Takes(":"))
            throw Error(start, $"'{key}' has no value; write {key} = … or {key} {{ … }}");
        SkipToToken();
        Value(start, key);
    }

    private string Key()
    {
        var start = _at;
        while (!AtEnd && !IsLineEnd() && !IsComment() && "={:[]},".IndexOf(_text[_at], StringComparison.Ordinal) < 0)
        {
            if (_text[_at] == '"')
                Quoted();
            else if (NeedsQuotes.Contains(_text[_at], StringComparison.Ordinal))
                throw Error(_at, $"'{_text[_at]}' cannot stand in a key; remove it, or put the key in quotes");
            else
                _at++;
        }

        var key = _text[start.._at].Trim();
        if (key.Length == 0 && _text[_at] == ',')
            throw Error(start, "',' is in the place of a key; Akka.NET's HOCON takes no comma behind a closed section or at the begin of a line: remove it, and begin a new line");
        if (key.Length == 0)
            throw Error(start, $"'{_text[_at]}' is in the place of a key; remove it, or write the key before it");
        if (key[0] == '.' || key[^1] == '.' || key.Contains("..", StringComparison.Ordinal))
            throw Error(start, $"the key '{key}' has an empty part; remove the superfluous dot");
        if (key == "include" || key.StartsWith("include ", StringComparison.Ordinal))
            throw Error(start, "include is not supported; put the settings into this text");
        return key;
    }

    private void Value(int start, string name)
    {
        var begin = _at;
        while (!AtEnd && !IsLineEnd() && !IsComment() && !Sees(",") && !Sees("}") && !Sees("]"))
            Part();
        if (_at == begin)
            throw Error(start, $"{name} has no value; write one, or \"\" for an empty one");
        Takes(",");
    }

    private void Part()
    {
        var start = _at;
        if (Takes("\"\"\""))
        {
            SkipPast("\"\"\"", start, "the text that opens here is never closed; add \"\"\"");
        }
        else if (Sees("\""))
        {
            Quoted();
        }
        else if (Takes("${"))
        {
            // Akka 1.5 treats the optional form as a reference to the whole text, which overflows the stack when it is resolved.
            if (Sees("?"))
                throw Error(start, "${?…} is not supported; the environment sets a key by its name, as PIKKU__CHANNEL__LANES does");
            SkipPast("}", start, "the reference that opens here is never closed; add a '}'");
        }
        else if (Takes("{"))
        {
            Fields(openedAt: start);
        }
        else if (Takes("["))
        {
            Items(start);
        }
        else if (NeedsQuotes.Contains(_text[_at], StringComparison.Ordinal))
        {
            throw Error(_at, $"'{_text[_at]}' must be in quotes; quote the value, or begin the next key on a new line");
        }
        else
        {
            _at++;
        }
    }

    private void Items(int openedAt)
    {
        while (true)
        {
            SkipToToken();
            if (AtEnd || Sees("}"))
                throw Error(openedAt, "the list that opens here is never closed; add a ']'");
            if (Takes("]"))
                return;
            Value(_at, "an item");
        }
    }

    private void Quoted()
    {
        var start = _at++;
        while (!AtEnd && !IsLineEnd())
        {
            if (Takes("\""))
                return;
            if (Takes("\\") && (AtEnd || !"\"\\/bfnrtu".Contains(_text[_at], StringComparison.Ordinal)))
                throw Error(_at - 1, "a backslash begins an escape; write \\\\ for the character itself");
            _at++;
        }

        throw Error(start, "the text that opens here is not closed on its line; add a '\"'");
    }

    private void SkipPast(string end, int start, string problem)
    {
        var found = _text.IndexOf(end, _at, StringComparison.Ordinal);
        if (found < 0)
            throw Error(start, problem);
        _at = found + end.Length;
    }

    private void SkipToToken()
    {
        while (!AtEnd && (char.IsWhiteSpace(_text[_at]) || IsComment()))
        {
            if (IsComment())
                while (!AtEnd && !IsLineEnd())
                    _at++;
            else
                _at++;
        }
    }

    private bool IsLineEnd() => _text[_at] is '\n' or '\r';

    private bool IsComment() => Sees("#") || Sees("//");

    private bool Sees(string token) => _text.AsSpan(_at).StartsWith(token, StringComparison.Ordinal);

    private bool Takes(string token)
    {
        var sees = Sees(token);
        if (sees)
            _at += token.Length;
        return sees;
    }

    private FormatException Error(int at, string problem)
    {
        var before = _text.AsSpan(0, at);
        var line = before.Count('\n') + 1;
        var column = at - before.LastIndexOf('\n');
        return new FormatException($"line {line}, column {column}: {problem}");
    }
}
