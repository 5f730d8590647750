using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.IO;

namespace Depth2Img.Embeddings;

/// <summary>A textual inversion's vectors and the text that stands for them.</summary>
/// <param name="Token">The text.</param>
/// <param name="Vectors">How many vectors there are.</param>
/// <param name="Width">How many numbers each has.</param>
/// <param name="Values">Their numbers, one vector after the other.</param>
internal sealed record EmbeddingFile(string Token, int Vectors, int Width, float[] Values)
{
    /// <summary>The web UI's key; the token is the file's name.</summary>
    private const string WebUiKey = "emb_params";

    private const long MaxLength = 64 << 20;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="token">What stands for it; null takes what the file says.</param>
    /// <exception cref="Depth2ImgException">It is missing, damaged, no textual inversion, or one of a form that is not read.</exception>
    public static EmbeddingFile Read(string path, string? token = null)
    {
        if (IsPicture(InputFile.ReadAllBytes(path, "a textual inversion", MaxLength)))
            throw new Depth2ImgException($"'{path}' is a picture; textual inversions inside pictures are not read, only safetensors files.");
        using SafetensorsFile file = SafetensorsFile.Open(path);
        (string name, WeightTensor tensor) = Single(path, file);
        return Of(path, token ?? name, tensor);
    }

    /// <summary>The one tensor of a file, and what its file calls it.</summary>
    private static (string Token, WeightTensor Tensor) Single(string path, SafetensorsFile source)
    {
        if (source.Contains("clip_l") || source.Contains("clip_g"))
            throw new Depth2ImgException($"'{path}' is a textual inversion for Stable Diffusion XL, which has two text encoders; one for a single text encoder was expected.");
        if (source.Contains(WebUiKey)) return (Path.GetFileNameWithoutExtension(path), source[WebUiKey]);
        if (source.Names.Count != 1)
            throw new Depth2ImgException($"'{path}' is no textual inversion: it holds {source.Names.Count} tensors where one was expected.{(source.Names.Any(n => n.Contains("lora", StringComparison.Ordinal)) ? " It is a LoRA; --lora takes it." : "")}");
        string name = source.Names.Single();
        return (name, source[name]);
    }

    private static EmbeddingFile Of(string path, string token, WeightTensor tensor)
    {
        if (tensor.Dimensions.Length is not (1 or 2) || tensor.Count == 0 || !tensor.Type.IsFloat())
            throw new Depth2ImgException($"'{path}' is no textual inversion: '{tensor.Name}' is {tensor.DimensionsText} of {tensor.Type}; one vector or a list of vectors was expected.");
        float[] values = tensor.ToFloats();
        if (!values.All(float.IsFinite))
            throw new Depth2ImgException($"'{path}' holds NaN or infinite values; the file is damaged or its training failed.");
        int width = tensor.Dimensions[^1];
        return new EmbeddingFile(token, tensor.Count / width, width, values);
    }

    private static bool IsPicture(ReadOnlySpan<byte> start) =>
        start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G'])
        || start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        || (start.StartsWith("RIFF"u8) && start[8..].StartsWith("WEBP"u8));
}
