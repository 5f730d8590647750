using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Depth2Img.Prompts;

/// <summary>One merge: two neighbouring tokens become a third. The rank is the place in the list.</summary>
internal readonly record struct MergeRule(int Left, int Right, int Result);

/// <summary>What became of a word: its tokens, and how many bytes of the word each stands for.</summary>
internal sealed record EncodedWord(int[] Ids, int[] ByteCounts);

/// <summary>
/// Byte-level byte-pair encoding (Sennrich, Haddow, Birch: "Neural Machine Translation of Rare Words with Subword
/// Units", 2016) with CLIP's end-of-word mark: a word starts as its bytes, of which the last carries the mark, and the
/// neighbours of the lowest-ranked merge are joined, leftmost first, until no merge applies. Safe for many threads.
/// </summary>
internal sealed class BytePairEncoding
{
    /// <summary>Ends the vocabulary's entries for the last token of a word.</summary>
    public const string EndOfWord = "</w>";

    private const int Missing = -1;
    private const int MaxCachedWords = 10_000;
    private const int MaxCachedBytes = 256;

    private readonly int[] _inner = new int[256];
    private readonly int[] _last = new int[256];
    private readonly int? _unknown;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Result)> _merges;
    private readonly ConcurrentDictionary<string, EncodedWord> _cache = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, EncodedWord>.AlternateLookup<ReadOnlySpan<char>> _cacheBySpan;
    private int _cached;

    /// <param name="vocabulary">The id of each token, written in the byte alphabet.</param>
    /// <param name="merges">By rank, lowest first; of two for the same pair the later counts.</param>
    /// <param name="unknown">Stands for a byte that the vocabulary lacks; null leaves such bytes out.</param>
    public BytePairEncoding(Dictionary<string, int> vocabulary, IReadOnlyList<MergeRule> merges, int? unknown)
    {
        _unknown = unknown;
        for (int b = 0; b < 256; b++)
        {
            string character = ByteAlphabet.CharacterOf((byte)b).ToString();
            _inner[b] = vocabulary.GetValueOrDefault(character, Missing);
            _last[b] = vocabulary.GetValueOrDefault(character + EndOfWord, Missing);
        }
        _merges = new(merges.Count);
        for (int rank = 0; rank < merges.Count; rank++)
            _merges[(merges[rank].Left, merges[rank].Right)] = (rank, merges[rank].Result);
        _cacheBySpan = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Encodes one word.</summary>
    /// <param name="word">The word's text, normalised.</param>
    /// <param name="bytes">The same in UTF-8, at least one byte.</param>
    public EncodedWord Encode(ReadOnlySpan<char> word, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxCachedBytes) return Encode(bytes);
        if (_cacheBySpan.TryGetValue(word, out EncodedWord? known)) return known;
        EncodedWord encoded = Encode(bytes);
        if (Volatile.Read(ref _cached) < MaxCachedWords && _cacheBySpan.TryAdd(word, encoded)) Interlocked.Increment(ref _cached);
        return encoded;
    }

    private EncodedWord Encode(ReadOnlySpan<byte> bytes)
    {
        List<Symbol> symbols = new(bytes.Length);
        for (int i = 0; i < bytes.Length; i++)
        {
            int id = (i == bytes.Length - 1 ? _last : _inner)[bytes[i]];
            if (id == Missing && _unknown is int unknown) id = unknown;
            if (id != Missing) symbols.Add(new Symbol(id, i, 1, symbols.Count - 1, symbols.Count + 1));
        }
        if (symbols.Count > 0) symbols[^1] = symbols[^1] with { Next = Missing };
        Merge(CollectionsMarshal.AsSpan(symbols));

        symbols.RemoveAll(s => s.ByteCount == 0);
        int[] ids = new int[symbols.Count];
        int[] counts = new int[symbols.Count];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = symbols[i].Id;
            // A token reaches to the next one, so that bytes left out belong to what precedes them.
            int start = i == 0 ? 0 : symbols[i].FirstByte;
            counts[i] = (i + 1 < ids.Length ? symbols[i + 1].FirstByte : bytes.Length) - start;
        }
        return new EncodedWord(ids, counts);
    }

    // A queue of possible merges by rank, then from the left: n log n for a word of n bytes. Entries whose symbols
    // have changed since are recognised when they come up.
    private void Merge(Span<Symbol> symbols)
    {
        PriorityQueue<(int Left, int Result), (int Rank, int Left)> candidates = new();
        for (int i = 0; i + 1 < symbols.Length; i++) Consider(symbols, i, candidates);
        while (candidates.TryDequeue(out (int Left, int Result) candidate, out _))
        {
            ref Symbol left = ref symbols[candidate.Left];
            if (left.ByteCount == 0 || left.Next == Missing) continue;
            ref Symbol right = ref symbols[left.Next];
            if (!_merges.TryGetValue((left.Id, right.Id), out (int Rank, int Result) merge) || merge.Result != candidate.Result) continue;

            left.Id = merge.Result;
            left.ByteCount += right.ByteCount;
            left.Next = right.Next;
            right.ByteCount = 0;
            if (left.Next != Missing)
            {
                symbols[left.Next].Previous = candidate.Left;
                Consider(symbols, candidate.Left, candidates);
            }
            if (left.Previous != Missing) Consider(symbols, left.Previous, candidates);
        }
    }

    private void Consider(Span<Symbol> symbols, int left, PriorityQueue<(int Left, int Result), (int Rank, int Left)> candidates)
    {
        if (_merges.TryGetValue((symbols[left].Id, symbols[symbols[left].Next].Id), out (int Rank, int Result) merge))
            candidates.Enqueue((left, merge.Result), (merge.Rank, left));
    }

    // A token in the making, linked to its neighbours; one merged into its left neighbour has no bytes.
    private record struct Symbol(int Id, int FirstByte, int ByteCount, int Previous, int Next);
}
