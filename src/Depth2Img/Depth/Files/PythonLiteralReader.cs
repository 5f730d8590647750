namespace Depth2Img.Depth.Files;

/// <summary>Reads the few Python literals that a .npy head is made of.</summary>
/// <param name="text">The head's text.</param>
/// <param name="broken">Makes the exception for what was found.</param>
internal sealed class PythonLiteralReader(string text, Func<string, Depth2ImgException> broken)
{
    private const int MaxDimensions = 32;

    private int _position;

    /// <summary>Whether a character comes next, after blanks.</summary>
    public bool At(char expected)
    {
        while (_position < text.Length && char.IsWhiteSpace(text[_position])) _position++;
        return _position < text.Length && text[_position] == expected;
    }

    /// <summary>Takes a character if it comes next.</summary>
    public bool TryTake(char expected)
    {
        if (!At(expected)) return false;
        _position++;
        return true;
    }

    /// <summary>Takes a character that must come next.</summary>
    public void Expect(char expected)
    {
        if (!TryTake(expected)) throw broken($"its head has no '{expected}' where one is due");
    }

    /// <summary>A quoted text without escapes.</summary>
    public string Text()
    {
        char quote = At('"') ? '"' : '\'';
        Expect(quote);
        int end = text.IndexOf(quote, _position);
        if (end < 0) throw broken("its head has a text without an end");
        string value = text[_position..end];
        _position = end + 1;
        return value;
    }

    /// <summary>True or False.</summary>
    public bool Truth()
    {
        bool value = At('T');
        string word = value ? "True" : "False";
        if (string.CompareOrdinal(text, _position, word, 0, word.Length) != 0) throw broken("its head has neither True nor False where one is due");
        _position += word.Length;
        return value;
    }

    /// <summary>A tuple of whole numbers, as in (), (5,) or (3, 4); Python 2 wrote an L behind each.</summary>
    public IReadOnlyList<long> Tuple()
    {
        List<long> values = [];
        Expect('(');
        while (!TryTake(')'))
        {
            values.Add(Number());
            if (values.Count > MaxDimensions) throw broken("its shape has too many dimensions");
            if (!TryTake(',') && !At(')')) throw broken("its shape lacks a comma or the closing bracket");
        }
        return values;
    }

    private long Number()
    {
        long value = 0;
        int digits = 0;
        At('0'); // passes over blanks
        for (; _position < text.Length && char.IsAsciiDigit(text[_position]); _position++, digits++)
        {
            if (digits >= 18) throw broken("its shape has a number too large for any array");
            value = 10 * value + (text[_position] - '0');
        }
        if (digits == 0) throw broken("its shape has something other than whole numbers");
        if (_position < text.Length && text[_position] == 'L') _position++;
        return value;
    }
}
