using Depth2Img.Adapters;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Adapters;

public sealed class AdapterFoldersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_name_is_found_in_the_folders_themselves_first_and_then_below_them()
    {
        Directory.CreateDirectory(_folder.File("below"));
        string below = _folder.Write("below/ink.safetensors", "x");
        Assert.Equal(below, AdapterFolders.Find("ink", [_folder.Path]));
        string torch = _folder.Write("ink.pt", "x");
        Assert.Equal(torch, AdapterFolders.Find("ink", [_folder.File("absent"), _folder.Path]));
        string direct = _folder.Write("ink.safetensors", "x");
        Assert.Equal(direct, AdapterFolders.Find("ink", [_folder.Path]));
    }

    [Fact]
    public void A_name_that_is_nowhere_is_refused_with_those_that_are()
    {
        _folder.Write("wash.safetensors", "x");
        string message = Assert.Throws<Depth2ImgException>(() => AdapterFolders.Find("in*k", [_folder.Path])).Message;
        Assert.Contains("'in*k'", message, StringComparison.Ordinal);
        Assert.Contains("wash", message, StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Throws<Depth2ImgException>(() => AdapterFolders.Find("ink", [_folder.File("absent")])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../ink")]
    [InlineData("a\\ink")]
    [InlineData("..")]
    public void A_path_is_no_name(string name) =>
        Assert.Contains("no name", Assert.Throws<Depth2ImgException>(() => AdapterFolders.Find(name, [_folder.Path])).Message, StringComparison.Ordinal);
}
