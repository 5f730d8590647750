namespace Depth2Img.Imaging.Jpeg;

/// <summary>
/// Code lengths that make the shortest file: the package-merge algorithm of Larmore and Hirschberg (1990), which finds
/// the best lengths of at most 16 bits.
/// </summary>
internal static class HuffmanCodeLengths
{
    // A leaf has a symbol; a package has two parts.
    private sealed record Item(long Weight, int Symbol, Item? First = null, Item? Second = null);

    /// <summary>Finds the lengths.</summary>
    /// <param name="frequencies">How often each symbol occurs.</param>
    /// <returns>
    /// Bits of each symbol's code, 0 for those that do not occur. The code of all ones, which the standard forbids, stays
    /// free: it goes to an additional symbol that never occurs.
    /// </returns>
    public static byte[] Find(ReadOnlySpan<int> frequencies)
    {
        int unused = frequencies.Length;
        List<Item> leaves = [new Item(0, unused)];
        for (int symbol = 0; symbol < frequencies.Length; symbol++)
        {
            if (frequencies[symbol] > 0) leaves.Add(new Item(frequencies[symbol], symbol));
        }
        leaves.Sort((a, b) => a.Weight != b.Weight ? a.Weight.CompareTo(b.Weight) : b.Symbol.CompareTo(a.Symbol));

        List<Item> level = leaves;
        for (int length = 2; length <= HuffmanTable.MaxCodeLength; length++) level = Merge(leaves, Pair(level));

        // Each time a symbol is among the lightest, its code grows by a bit.
        byte[] lengths = new byte[frequencies.Length + 1];
        foreach (Item item in level.Take(2 * (leaves.Count - 1))) Count(item, lengths);
        return lengths[..unused];
    }

    private static List<Item> Pair(List<Item> items)
    {
        List<Item> packages = [];
        for (int i = 0; i + 1 < items.Count; i += 2)
            packages.Add(new Item(items[i].Weight + items[i + 1].Weight, -1, items[i], items[i + 1]));
        return packages;
    }

    private static List<Item> Merge(List<Item> leaves, List<Item> packages)
    {
        List<Item> merged = new(leaves.Count + packages.Count);
        int leaf = 0, package = 0;
        while (leaf < leaves.Count || package < packages.Count)
        {
            bool takeLeaf = package == packages.Count || (leaf < leaves.Count && leaves[leaf].Weight <= packages[package].Weight);
            merged.Add(takeLeaf ? leaves[leaf++] : packages[package++]);
        }
        return merged;
    }

    private static void Count(Item item, byte[] lengths)
    {
        if (item.First is null || item.Second is null)
        {
            lengths[item.Symbol]++;
            return;
        }
        Count(item.First, lengths);
        Count(item.Second, lengths);
    }
}
