namespace Depth2Img.Imaging.Jpeg;

/// <summary>Takes the symbols that a picture is coded as: once to count them, once to write them.</summary>
internal interface ISymbolSink
{
    /// <summary>Takes a symbol of one of the tables, with the bits that follow it.</summary>
    void Add(int table, int symbol, uint extraBits, int extraCount);
}
