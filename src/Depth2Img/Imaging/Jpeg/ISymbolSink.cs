namespace Depth2Img.Imaging.Jpeg;

/// <summary>Takes the symbols that a picture is coded as: once to count them, once to write them.</summary>
internal interface ISymbolSink
{
    /// <summary>Takes a symbol of one of the tables, with the bits that follow it.</summary>
    void Add(int table, int symbol, uint extraBits, int extraCount);
}

/// <summary>Counts symbols.</summary>
internal readonly struct SymbolCounter(int[][] frequencies) : ISymbolSink
{
    public void Add(int table, int symbol, uint extraBits, int extraCount) => frequencies[table][symbol]++;
}

/// <summary>Writes symbols.</summary>
internal readonly struct SymbolWriter(HuffmanCode[] codes, BitWriter writer) : ISymbolSink
{
    public void Add(int table, int symbol, uint extraBits, int extraCount) => codes[table].Write(writer, symbol, extraBits, extraCount);
}
