using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Checkpoints.Pickle;

namespace Depth2Img.Embeddings;

/// <summary>A textual inversion's vectors and the text that stands for them.</summary>
/// <param name="Token">The text.</param>
/// <param name="Vectors">How many vectors there are.</param>
/// <param name="Width">How many numbers each has.</param>
/// <param name="Values">Their numbers, one vector after the other.</param>
internal sealed record EmbeddingFile(string Token, int Vectors, int Width, float[] Values)
{
    /// <summary>The web UI's key in safetensors files; the token is the file's name.</summary>
    private const string WebUiKey = "emb_params";

    /// <summary>The web UI's dictionary of vectors in torch files, and the key of its token there.</summary>
    private const string WebUiDictionary = "string_to_param.", WebUiName = "name";

    /// <summary>More than any text encoder's table of tokens.</summary>
    private const int MostNumbers = 1 << 22;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="token">What stands for it; null takes what the file says.</param>
    /// <exception cref="Depth2ImgException">It is missing, damaged, no textual inversion, or one of a form that is not read.</exception>
    public static EmbeddingFile Read(string path, string? token = null)
    {
        using IWeightFile file = WeightFiles.Open(path);
        (string name, WeightTensor tensor) = Single(path, file);
        return Of(path, token ?? name, tensor);
    }

    /// <summary>The one tensor of a file, and what its file calls it.</summary>
    private static (string Token, WeightTensor Tensor) Single(string path, IWeightFile file)
    {
        string stem = Path.GetFileNameWithoutExtension(path);
        if (file.Contains("clip_l") || file.Contains("clip_g"))
            throw new Depth2ImgException($"'{path}' is a textual inversion for Stable Diffusion XL, which has two text encoders; one for a single text encoder was expected.");
        if (file.Contains(WebUiKey)) return (stem, file[WebUiKey]);
        string[] vectors = [.. file.Names.Where(name => name.StartsWith(WebUiDictionary, StringComparison.Ordinal))];
        if (vectors.Length == 1)
        {
            string? named = file is TorchFile torch && torch.Root.TryGet(WebUiName, out string? text) ? text : null;
            return (string.IsNullOrWhiteSpace(named) ? stem : named, file[vectors[0]]);
        }
        if (file.Names.Count == 1 && vectors.Length == 0) return (file.Names.Single(), file[file.Names.Single()]);
        string remedy = file.Names.Any(name => name.Contains("lora_", StringComparison.Ordinal)) ? " It is a LoRA; --lora takes it." : "";
        throw new Depth2ImgException($"'{path}' is no textual inversion: it holds {file.Names.Count} tensors where one was expected.{remedy}");
    }

    private static EmbeddingFile Of(string path, string token, WeightTensor tensor)
    {
        if (tensor.Dimensions.Length is not (1 or 2) || tensor.Count is 0 or > MostNumbers || !tensor.Type.IsFloat())
            throw new Depth2ImgException($"'{path}' is no textual inversion: '{tensor.Name}' is {tensor.DimensionsText} of {tensor.Type}; one vector or a list of vectors was expected.");
        float[] values = tensor.ToFloats();
        if (!values.All(float.IsFinite))
            throw new Depth2ImgException($"'{path}' holds NaN or infinite values; the file is damaged or its training failed.");
        int width = tensor.Dimensions[^1];
        return new EmbeddingFile(token, tensor.Count / width, width, values);
    }
}
