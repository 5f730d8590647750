using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Depth2Img.Server.Engine;

namespace Depth2Img.Server.Api.Sdapi;

/// <summary>The server's models as AUTOMATIC1111's users name them: <c>name [hash]</c>.</summary>
internal sealed class CheckpointNames(ModelPool models)
{
    private const int ShortDigits = 10;

    /// <summary>Read of each file at its beginning, middle and end: all of a model would take minutes.</summary>
    private const int SampleBytes = 64 << 10;

    private readonly ConcurrentDictionary<string, string> _fingerprints = new(StringComparer.Ordinal);

    /// <summary>All models, the default first.</summary>
    public IReadOnlyList<string> All => models.Names;

    /// <summary>A model's title.</summary>
    public string TitleOf(string model) => $"{model} [{HashOf(model)}]";

    /// <summary>The ten digits by which texts in pictures name a model.</summary>
    public string HashOf(string model) => FingerprintOf(model)[..ShortDigits];

    /// <summary>Tells models apart: a digest of their files' names and sizes and of samples of their contents.</summary>
    public string FingerprintOf(string model) => _fingerprints.GetOrAdd(model, name => Fingerprint(models.PathOf(name)));

    /// <summary>The model of a title, a name or a hash.</summary>
    /// <returns>Null if there is none.</returns>
    public string? Find(string text)
    {
        string name = text.Trim();
        foreach (string model in models.Names)
        {
            if (name.Equals(model, StringComparison.OrdinalIgnoreCase) || name.Equals(TitleOf(model), StringComparison.OrdinalIgnoreCase) || name.Equals(HashOf(model), StringComparison.OrdinalIgnoreCase)) return model;
        }
        return null;
    }

    private static string Fingerprint(string path)
    {
        string[] files = File.Exists(path) ? [path] : [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] sample = new byte[SampleBytes];
        foreach (string file in files)
        {
            using FileStream stream = File.OpenRead(file);
            hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{Path.GetFileName(file)}\n{stream.Length}\n")));
            foreach (long offset in (long[])[0, (stream.Length - SampleBytes) / 2, stream.Length - SampleBytes])
            {
                stream.Position = Math.Max(0, offset);
                hash.AppendData(sample, 0, stream.ReadAtLeast(sample, SampleBytes, throwOnEndOfStream: false));
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
