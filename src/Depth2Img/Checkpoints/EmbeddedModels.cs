namespace Depth2Img.Checkpoints;

/// <summary>The models that come with the program, in the folder <c>models</c> beside it.</summary>
public static class EmbeddedModels
{
    /// <summary>The name of the default checkpoint.</summary>
    public const string DemoName = "demo";

    /// <summary>The name of the depth network for photographs.</summary>
    public const string TiefenrauschName = "tiefenrausch";

    /// <summary>The folder that holds them.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>The default checkpoint's folder.</summary>
    /// <exception cref="Depth2ImgException">It is not there.</exception>
    public static string Demo => Find(DemoName);

    /// <summary>The depth network's folder.</summary>
    /// <exception cref="Depth2ImgException">It is not there.</exception>
    public static string Tiefenrausch => Find(TiefenrauschName);

    /// <summary>The folder of a model by its name; null where none is called that.</summary>
    public static string? TryFind(string name) =>
        Directory.Exists(Folder) ? Directory.EnumerateDirectories(Folder).FirstOrDefault(path => Path.GetFileName(path) == name) : null;

    private static string Find(string name)
    {
        string path = Path.Combine(Folder, name);
        return Directory.Exists(path)
            ? path
            : throw new Depth2ImgException($"The model '{name}' is not beside the program: there is no folder '{path}'. Name another one.");
    }
}
