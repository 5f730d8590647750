namespace Depth2Img.Imaging.Jpeg;

/// <summary>Writes symbols.</summary>
internal readonly struct SymbolWriter(HuffmanCode[] codes, BitWriter writer) : ISymbolSink
{
    public void Add(int table, int symbol, uint extraBits, int extraCount) => codes[table].Write(writer, symbol, extraBits, extraCount);
}
