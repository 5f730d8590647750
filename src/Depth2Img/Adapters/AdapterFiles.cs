namespace Depth2Img.Adapters;

/// <summary>The files that an adapter consists of: one, or those of a PEFT folder.</summary>
internal static class AdapterFiles
{
    private static readonly string[] PeftWeights = ["adapter_model.safetensors", "adapter_model.bin"];

    /// <summary>Finds them.</summary>
    /// <param name="path">A file, a PEFT folder, or a folder of PEFT folders by network.</param>
    /// <exception cref="Depth2ImgException">There is nothing there, or nothing of an adapter in the folder.</exception>
    public static IReadOnlyList<(string Path, AdapterNetwork Network)> Find(string path)
    {
        if (!Directory.Exists(path)) return [(path, AdapterNetwork.Either)];
        (string Folder, AdapterNetwork Network)[] folders =
        [
            (path, AdapterNetwork.Either),
            (Path.Combine(path, "unet"), AdapterNetwork.UNet),
            (Path.Combine(path, "text_encoder"), AdapterNetwork.TextEncoder),
        ];
        (string Path, AdapterNetwork Network)[] there =
        [
            .. folders.Select(f => (Path: PeftWeights.Select(name => Path.Combine(f.Folder, name)).FirstOrDefault(File.Exists), f.Network))
                .Where(f => f.Path is not null).Select(f => (f.Path!, f.Network)),
        ];
        return there.Length > 0
            ? there
            : throw new Depth2ImgException($"The folder '{path}' holds no adapter: '{PeftWeights[0]}' was expected in it, or in its folders unet and text_encoder.");
    }

    /// <summary>Whether a folder holds an adapter.</summary>
    public static bool IsPeftFolder(string path) =>
        ((string[])["", "unet", "text_encoder"]).Any(folder => PeftWeights.Any(name => File.Exists(Path.Combine(path, folder, name))));

    /// <summary>What an adapter is called: its file's name without the ending, or its folder's.</summary>
    public static string NameOf(string path) =>
        Directory.Exists(path) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))) : Path.GetFileNameWithoutExtension(path);
}
