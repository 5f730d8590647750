namespace Depth2Img.Imaging.Jpeg;

/// <summary>Counts symbols.</summary>
internal readonly struct SymbolCounter(int[][] frequencies) : ISymbolSink
{
    public void Add(int table, int symbol, uint extraBits, int extraCount) => frequencies[table][symbol]++;
}
