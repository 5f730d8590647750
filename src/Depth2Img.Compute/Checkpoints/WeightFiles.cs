using System.Buffers.Binary;
using System.Text;
using Depth2Img.Compute.Checkpoints.Pickle;
using Microsoft.Win32.SafeHandles;

namespace Depth2Img.Compute.Checkpoints;

/// <summary>
/// Opens weight files of every form, by what is in them: names deceive, and a safetensors file called .ckpt is common.
/// What is no weight file is told apart, with what to do about it.
/// </summary>
public static class WeightFiles
{
    /// <summary>Enough first bytes for every signature; that of tar files comes last.</summary>
    private const int SignatureLength = 512;

    private const int TarSignatureOffset = 257;

    /// <summary>The endings under which browsers and download programs keep what has not arrived whole.</summary>
    private static readonly string[] UnfinishedEndings = [".incomplete", ".part", ".partial", ".crdownload", ".download", ".aria2", ".!ut"];

    /// <summary>Opens a safetensors file, an index of shards, or a torch file in either form.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its tensors; dispose it when they are no longer used.</returns>
    /// <exception cref="Depth2ImgException">It is missing, damaged, not wholly downloaded, or no weight file.</exception>
    public static IWeightFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        RequireFinished(path);
        return Identify(path) switch
        {
            WeightFileForm.ShardIndex => ShardedWeights.Open(path),
            WeightFileForm.Torch => TorchFile.Open(path),
            _ => SafetensorsFile.Open(path),
        };
    }

    /// <summary>Opens one file of several, which must not be an index itself.</summary>
    /// <exception cref="Depth2ImgException">It is missing, damaged, not wholly downloaded, or holds no tensors.</exception>
    internal static IWeightFile OpenShard(string path)
    {
        RequireFinished(path);
        return Identify(path) switch
        {
            WeightFileForm.ShardIndex => throw new Depth2ImgException($"'{path}' is an index of weight files; a file with tensors was expected."),
            WeightFileForm.Torch => TorchFile.Open(path),
            _ => SafetensorsFile.Open(path),
        };
    }

    /// <summary>What a file is, by its first bytes.</summary>
    /// <exception cref="Depth2ImgException">It cannot be read, or is no weight file.</exception>
    internal static WeightFileForm Identify(string path)
    {
        byte[] start;
        long length;
        using (SafeFileHandle handle = CheckpointFiles.Open(path))
        {
            try
            {
                length = RandomAccess.GetLength(handle);
                start = new byte[Math.Min(length, SignatureLength)];
                CheckpointFiles.ReadExactly(handle, start, 0, path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                throw CheckpointFiles.CannotRead(path, e);
            }
        }
        CheckpointFiles.RequireContent(start, length, path);
        // Safetensors first: the length of a header can look like any other signature.
        if (start.Length > sizeof(ulong) && start[sizeof(ulong)] == (byte)'{' && BinaryPrimitives.ReadUInt64LittleEndian(start) <= (ulong)length) return WeightFileForm.Safetensors;
        if (Begins("PK\x03\x04"u8) || Begins([0x80])) return WeightFileForm.Torch;
        if (Encoding.ASCII.GetString(start).TrimStart().StartsWith('{')) return WeightFileForm.ShardIndex;
        if (start.Length > TarSignatureOffset && start.AsSpan(TarSignatureOffset).StartsWith("ustar"u8))
            throw new Depth2ImgException($"'{path}' is a tar file: an archive, or a checkpoint of the years before 2018. Unpack it, or save it again with a newer torch.");
        if (Other() is { } other)
            throw new Depth2ImgException($"'{path}' is {other}; a weight file (safetensors, or torch's .ckpt, .pt, .bin) was expected.");
        // A broken safetensors file says best itself what is wrong with it.
        if (path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)) return WeightFileForm.Safetensors;
        throw new Depth2ImgException($"'{path}' is no weight file: it begins with {Convert.ToHexString(start.AsSpan(0, Math.Min(start.Length, 8)))}, as neither safetensors nor torch files do. Fetch or copy it again.");

        bool Begins(ReadOnlySpan<byte> signature) => start.AsSpan().StartsWith(signature);

        string? Other()
        {
            if (Begins("GGUF"u8)) return "a GGUF file, whose quantised weights are not read";
            if (Begins([0x89, (byte)'H', (byte)'D', (byte)'F'])) return "an HDF5 file, as Keras writes";
            if (Begins([0x89, (byte)'P', (byte)'N', (byte)'G']) || Begins([0xFF, 0xD8, 0xFF]) || (Begins("RIFF"u8) && start.AsSpan(8).StartsWith("WEBP"u8))) return "a picture";
            if (Begins([0x1F, 0x8B]) || Begins("7z"u8) || Begins("Rar!"u8) || Begins([0xFD, (byte)'7', (byte)'z'])) return "a packed archive: unpack it first";
            if (Begins("PK"u8)) return "an empty or divided zip";
            return null;
        }
    }

    /// <summary>Whether a name is one that a program gives to what has not arrived whole.</summary>
    internal static bool HasUnfinishedEnding(string name) => UnfinishedEnding(name) is not null;

    /// <summary>Whether a file is absent, and the beginning of its download there.</summary>
    internal static bool IsUnfinished(string path) => UnfinishedBeside(path) is not null;

    private static string? UnfinishedEnding(string name) =>
        UnfinishedEndings.FirstOrDefault(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static string? UnfinishedBeside(string path) =>
        File.Exists(path) ? null : UnfinishedEndings.FirstOrDefault(ending => File.Exists(path + ending));

    private static void RequireFinished(string path)
    {
        if (UnfinishedEnding(path) is { } own)
            throw new Depth2ImgException($"'{path}' is a download that has not ended ('{own}'). Let it end, or fetch the file again.");
        if (UnfinishedBeside(path) is { } beside)
            throw new Depth2ImgException($"There is no file '{path}', but '{path}{beside}', a download that has not ended. Let it end, or fetch the file again.");
    }
}
