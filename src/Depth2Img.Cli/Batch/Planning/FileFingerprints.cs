using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Depth2Img.Cli.Batch.Planning;

/// <summary>
/// Names for the contents of files and folders, wherever they lie. A file of up to 64 MiB is read whole; of a larger one its length
/// and sixteen pieces of it, spread evenly: enough to tell two sets of weights apart without reading gigabytes at every start.
/// </summary>
internal sealed class FileFingerprints
{
    private const long WholeLimit = 64 << 20;
    private const int Pieces = 16, PieceLength = 1 << 16;

    private readonly Dictionary<string, string> _known = [];

    /// <summary>The SHA-256, in hexadecimal digits, that stands for a file, or for a folder with all in it.</summary>
    /// <exception cref="Depth2ImgException">Something cannot be read.</exception>
    public string Of(string path)
    {
        string full = Path.GetFullPath(path);
        if (_known.TryGetValue(full, out string? known)) return known;
        try
        {
            return _known[full] = Directory.Exists(full) ? OfFolder(full) : OfFile(full);
        }
        catch (FileNotFoundException)
        {
            throw new Depth2ImgException($"There is no file '{path}'.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Depth2ImgException($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>That of a model: a folder, or one file with what may lie beside it to describe it.</summary>
    /// <exception cref="Depth2ImgException">Something cannot be read.</exception>
    public string OfModel(string path)
    {
        if (!File.Exists(path)) return Of(path);
        string[] beside =
        [
            Path.ChangeExtension(path, ".yaml"),
            Path.ChangeExtension(path, ".yml"),
            Path.ChangeExtension(path, Checkpoints.ModelDefaults.FileName),
            Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, Checkpoints.ModelDefaults.FileName),
        ];
        return Digest([Of(path), .. beside.Select(file => File.Exists(file) ? Of(file) : "")]);
    }

    /// <summary>The SHA-256 of texts, none of which can run into the next.</summary>
    public static string Digest(IEnumerable<string> texts)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string text in texts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            AppendLength(hash, bytes.Length);
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private string OfFolder(string folder)
    {
        string[] names = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal)];
        return Digest(names.SelectMany(name => (string[])[name.Replace('\\', '/'), Of(Path.Combine(folder, name))]));
    }

    private static string OfFile(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (file.Length <= WholeLimit) return Convert.ToHexStringLower(SHA256.HashData(file));
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendLength(hash, file.Length);
        byte[] piece = new byte[PieceLength];
        for (int i = 0; i < Pieces; i++)
        {
            file.Position = (file.Length - PieceLength) / (Pieces - 1) * i;
            file.ReadExactly(piece);
            hash.AppendData(piece);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AppendLength(IncrementalHash hash, long length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        hash.AppendData(bytes);
    }
}
