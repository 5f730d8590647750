namespace Depth2Img.Adapters;

/// <summary>The files that an adapter consists of: one, or those of a PEFT folder.</summary>
internal static class AdapterFiles
{
    private const string PeftWeights = "adapter_model.safetensors";

    /// <summary>Finds them.</summary>
    /// <param name="path">A file, a PEFT folder, or a folder of PEFT folders by network.</param>
    /// <exception cref="Depth2ImgException">There is nothing there, or nothing of an adapter in the folder.</exception>
    public static IReadOnlyList<(string Path, AdapterNetwork Network)> Find(string path)
    {
        if (!Directory.Exists(path)) return [(path, AdapterNetwork.Either)];
        (string Path, AdapterNetwork Network)[] candidates =
        [
            (Path.Combine(path, PeftWeights), AdapterNetwork.Either),
            (Path.Combine(path, "unet", PeftWeights), AdapterNetwork.UNet),
            (Path.Combine(path, "text_encoder", PeftWeights), AdapterNetwork.TextEncoder),
        ];
        (string Path, AdapterNetwork Network)[] there = [.. candidates.Where(c => File.Exists(c.Path))];
        return there.Length > 0
            ? there
            : throw new Depth2ImgException($"The folder '{path}' holds no adapter: '{PeftWeights}' was expected in it, or in its folders unet and text_encoder.");
    }

    /// <summary>What an adapter is called: its file's name without the ending, or its folder's.</summary>
    public static string NameOf(string path) =>
        Directory.Exists(path) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))) : Path.GetFileNameWithoutExtension(path);
}
