namespace Depth2Img.Prompts;

/// <summary>
/// The characters by which byte-level vocabularies write bytes (GPT-2's table): printable Latin-1 characters stand for
/// themselves, and the other bytes, in order, are the characters from U+0100 on.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = Build();

    /// <summary>The character that stands for a byte.</summary>
    public static char CharacterOf(byte value) => Characters[value];

    private static char[] Build()
    {
        char[] characters = new char[256];
        int next = 0x100;
        for (int b = 0; b < characters.Length; b++)
        {
            bool printable = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            characters[b] = printable ? (char)b : (char)next++;
        }
        return characters;
    }
}
