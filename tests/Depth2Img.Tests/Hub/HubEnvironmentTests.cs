using Depth2Img.Hub;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Hub;

/// <summary>The environment is read as huggingface_hub reads it.</summary>
public sealed class HubEnvironmentTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    private HubSettings Read(params (string Name, string Value)[] variables) =>
        new HubEnvironment(name => variables.FirstOrDefault(v => v.Name == name).Value, _home.Path).Read();

    [Fact]
    public void The_cache_is_where_the_variables_say()
    {
        Assert.Equal(Path.Combine(_home.Path, ".cache", "huggingface", "hub"), Read().CacheFolder);
        Assert.Equal("/xdg/huggingface/hub", Read(("XDG_CACHE_HOME", "/xdg")).CacheFolder);
        Assert.Equal("/hf/hub", Read(("XDG_CACHE_HOME", "/xdg"), ("HF_HOME", "/hf")).CacheFolder);
        Assert.Equal("/old", Read(("HF_HOME", "/hf"), ("HUGGINGFACE_HUB_CACHE", "/old")).CacheFolder);
        Assert.Equal("/new", Read(("HF_HUB_CACHE", "/new"), ("HUGGINGFACE_HUB_CACHE", "/old")).CacheFolder);
    }

    [Fact]
    public void A_tilde_and_variables_in_paths_are_replaced()
    {
        Assert.Equal(Path.Combine(_home.Path, "hf", "hub"), Read(("HF_HOME", "~/hf")).CacheFolder);
        Assert.Equal("/disk/x/hub", Read(("HF_HOME", "$DISK/x"), ("DISK", "/disk")).CacheFolder);
        Assert.Equal("/disk/x/hub", Read(("HF_HOME", "${DISK}/x"), ("DISK", "/disk")).CacheFolder);
        Assert.Equal("$NONE/x/hub", Read(("HF_HOME", "$NONE/x")).CacheFolder);
    }

    [Fact]
    public void The_endpoint_is_an_address_or_refused()
    {
        Assert.Equal("https://huggingface.co/", Read().Endpoint.AbsoluteUri);
        Assert.Equal("https://mirror.example/hf", Read(("HF_ENDPOINT", "https://mirror.example/hf/")).Endpoint.AbsoluteUri);
        Assert.Contains("HF_ENDPOINT", Assert.Throws<Depth2ImgException>(() => Read(("HF_ENDPOINT", "mirror"))).Message, StringComparison.Ordinal);
        Assert.Throws<Depth2ImgException>(() => Read(("HF_ENDPOINT", "file:///etc")));
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("true", true)]
    [InlineData("YES", true)]
    [InlineData("0", false)]
    [InlineData("", false)]
    public void Off_line_is_a_switch_of_either_name(string value, bool offline)
    {
        Assert.Equal(offline, Read(("HF_HUB_OFFLINE", value)).Offline);
        Assert.Equal(offline, Read(("TRANSFORMERS_OFFLINE", value)).Offline);
    }

    [Fact]
    public void The_token_is_the_first_that_is_found()
    {
        Directory.CreateDirectory(_home.File(".cache/huggingface"));
        _home.Write(".cache/huggingface/token", "hf_file\n");
        string other = _home.Write("other", "hf_other");
        Assert.Equal("hf_file", Read().Token?.Value);
        Assert.Equal("hf_other", Read(("HF_TOKEN_PATH", other)).Token?.Value);
        Assert.Equal("hf_old", Read(("HUGGING_FACE_HUB_TOKEN", "hf_old")).Token?.Value);
        Assert.Equal("hf_new", Read(("HF_TOKEN", " hf_new "), ("HUGGING_FACE_HUB_TOKEN", "hf_old")).Token?.Value);
        Assert.Null(Read(("HF_TOKEN", "hf_new"), ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")).Token);
        Assert.Null(Read(("HF_TOKEN_PATH", _home.File("none"))).Token);
    }
}
