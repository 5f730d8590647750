namespace Depth2Img.TestSupport;

/// <summary>Where the repository's data lie when tests run from a build folder.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Golden(string relative) => Path.Combine(Root, "tests", "Golden", relative);

    public static string Models(string relative) => Path.Combine(Root, "models", relative);

    public static string Samples(string relative) => Path.Combine(Root, "samples", relative);

    public static string File(string relative) => Path.Combine(Root, relative);

    private static string FindRoot()
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(d.FullName, "Depth2Img.slnx"))) return d.FullName;
        }
        throw new InvalidOperationException("Depth2Img.slnx is in no folder above " + AppContext.BaseDirectory);
    }
}
