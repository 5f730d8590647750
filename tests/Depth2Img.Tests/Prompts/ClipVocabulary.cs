using System.IO.Compression;
using System.Text.Json;
using Depth2Img.Prompts;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Prompts;

/// <summary>CLIP's published vocabulary, as the folder that checkpoints have: made from the file of merges that OpenAI published.</summary>
public sealed class ClipVocabulary : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ClipVocabulary()
    {
        using GZipStream unzipped = new(File.OpenRead(Path.Combine(Repository.Root, "src/Depth2Img/Prompts/Clip/bpe_simple_vocab_16e6.txt.gz")), CompressionMode.Decompress);
        using StreamReader reader = new(unzipped);
        string[] merges = [.. ReadLines(reader).Skip(1).Take(48_894)];

        // The bytes in the order of their printable characters first, the same as ends of words, the merges, the ends.
        string[] bytes = [.. Enumerable.Range(0, 256).OrderBy(b => ByteAlphabet.CharacterOf((byte)b)).Select(b => ByteAlphabet.CharacterOf((byte)b).ToString())];
        string[] tokens = [.. bytes, .. bytes.Select(b => b + "</w>"), .. merges.Select(m => m.Replace(" ", "")), "<|startoftext|>", "<|endoftext|>"];
        Merges = merges;
        Vocabulary = tokens.Select((token, id) => (token, id)).ToDictionary(t => t.token, t => t.id);
        _folder.Write("vocab.json", JsonSerializer.Serialize(Vocabulary));
        _folder.Write("merges.txt", "#version: 0.2\n" + string.Join('\n', merges) + "\n");
        _folder.Write("special_tokens_map.json", """{"pad_token": "!"}""");
        Tokenizer = ClipTokenizer.Load(_folder.Path);
    }

    public string Folder => _folder.Path;

    public IReadOnlyList<string> Merges { get; }

    public IReadOnlyDictionary<string, int> Vocabulary { get; }

    public ClipTokenizer Tokenizer { get; }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<string> ReadLines(StreamReader reader)
    {
        while (reader.ReadLine() is string line) yield return line;
    }
}
