using Depth2Img.Hub;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Hub;

/// <summary>The access token goes to the hub and nowhere else: not to the store, not into messages, not into files.</summary>
public sealed class TokenTests : HubTest
{
    private const string Token = "hf_verySecretToken123";

    private HubSettings WithToken => Settings.WithToken(Token);

    private void AssertUnseen()
    {
        Assert.DoesNotContain(Hub.StoreRequests, r => r.ToString().Contains(Token, StringComparison.Ordinal));
        Assert.DoesNotContain(Reports, r => r.ToString().Contains(Token, StringComparison.Ordinal));
        Assert.DoesNotContain(Token, WithToken.ToString(), StringComparison.Ordinal);
        if (!Directory.Exists(Cache)) return;
        Assert.DoesNotContain(Directory.EnumerateFiles(Cache, "*", SearchOption.AllDirectories), file => File.ReadAllText(file).Contains(Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_private_repository_is_read_with_the_token_which_the_store_never_sees()
    {
        Hub.Token = Token;
        await PullAsync(settings: WithToken);
        AssertSnapshot(Hub.Files.Keys);
        Assert.NotEmpty(Hub.StoreRequests);
        Assert.All(Hub.HubRequests, r => Assert.Equal($"Bearer {Token}", r.Header("Authorization")));
        Assert.All(Hub.StoreRequests, r => Assert.Null(r.Header("Authorization")));
        AssertUnseen();
    }

    [Fact]
    public async Task Without_a_token_a_private_repository_asks_for_one()
    {
        Hub.Token = Token;
        Assert.Contains("HF_TOKEN", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stale_token_is_dropped_and_that_is_said()
    {
        await PullAsync(settings: WithToken);
        AssertSnapshot(Hub.Files.Keys);
        Assert.Contains("refused the access token in the settings", Assert.Single(Notices), StringComparison.Ordinal);
        Assert.Single(Hub.HubRequests, r => r.Header("Authorization") is not null);
        AssertUnseen();
    }

    [Fact]
    public async Task A_stale_token_for_a_private_repository_is_named_as_the_fault()
    {
        Hub.Token = "another";
        string message = await RefusalAsync(settings: WithToken);
        Assert.Contains("token was refused", message, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, message, StringComparison.Ordinal);
        AssertUnseen();
    }

    [Fact]
    public async Task A_redirect_within_the_hub_keeps_the_token_and_one_to_another_host_drops_it_and_the_condition()
    {
        Hub.Token = Token;
        string moved = $"/{StandInHub.Repository}/resolve/{StandInHub.Commit}/model_index.json";
        Hub.BeforeHub = request => request.Target == moved && request.Header("Authorization") is not null
            ? LoopbackResponse.Empty(307, ("Location", "/elsewhere"))
            : request.Target == "/elsewhere" && request.Header("Authorization") == $"Bearer {Token}" ? new LoopbackResponse(200, Hub.Files["model_index.json"]) : null;
        Directory.CreateDirectory(Path.GetDirectoryName(Blob(Unet))!);
        File.WriteAllBytes(Blob(Unet) + ".incomplete", Hub.Files[Unet][..1000]);
        await PullAsync(settings: WithToken);
        AssertSnapshot(Hub.Files.Keys);
        Assert.Equal($"\"{StandInHub.TagOf(Hub.Files[Unet])}\"", Hub.HubRequests.Single(r => r.Header("Range") is not null).Header("If-Range"));
        LoopbackRequest resumed = Hub.StoreRequests.Single(r => r.Header("Range") is not null);
        Assert.Equal("bytes=1000-", resumed.Header("Range"));
        Assert.Null(resumed.Header("If-Range"));
        AssertUnseen();
    }

    [Fact]
    public async Task Addresses_with_signatures_are_not_shown()
    {
        Hub.BeforeStore = _ => LoopbackResponse.Empty(403);
        string message = await RefusalAsync();
        Assert.Contains("file store", message, StringComparison.Ordinal);
        Assert.DoesNotContain("signature", message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hf_two words")]
    [InlineData("hf_line\nbreak")]
    [InlineData("hf_ümlaut")]
    public void What_can_be_no_token_is_refused_without_being_shown(string token)
    {
        string message = Assert.Throws<Depth2ImgException>(() => Settings.WithToken(token)).Message;
        Assert.DoesNotContain(token, message, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_", message, StringComparison.Ordinal);
    }
}
