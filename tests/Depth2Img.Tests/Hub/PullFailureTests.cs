using Depth2Img.Hub;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Hub;

/// <summary>What can go wrong between the hub and the disk is gone through, or told in a sentence that helps.</summary>
public sealed class PullFailureTests : HubTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_connection_that_breaks_at_ten_random_bytes_is_taken_up_there(int seed)
    {
        System.Random random = new(seed);
        int length = Hub.Files[Unet].Length;
        int[] breaks = [.. Enumerable.Range(0, 10).Select(_ => random.Next(length)).Distinct().Order()];
        int next = 0;
        Hub.BeforeStore = request =>
        {
            byte[] contents = Hub.SignedContents(request);
            if (contents.Length != length || next == breaks.Length) return null;
            return StandInHub.Part(contents, request, breaks[next++] - request.RangeStart);
        };
        await PullAsync();
        AssertSnapshot(Hub.Files.Keys);
        Assert.Equal(breaks, Hub.StoreRequests.Select(r => r.RangeStart).Where(start => start > 0));
        // Signed addresses pass: each time, the hub is asked anew.
        Assert.Equal(breaks.Length + 1, Hub.Resolved.Count(path => path == Unet));
        Assert.All(Pauses, pause => Assert.Equal(TimeSpan.FromSeconds(1), pause));
    }

    [Fact]
    public async Task A_download_that_was_cancelled_is_continued()
    {
        using CancellationTokenSource cancel = new();
        Hub.BeforeStore = request =>
        {
            byte[] contents = Hub.SignedContents(request);
            if (contents.Length != Hub.Files[Unet].Length) return null;
            cancel.CancelAfter(50);
            // So much comes, and the rest is long in coming.
            return StandInHub.Part(contents, request, contents.Length / 2) with { Hold = TimeSpan.FromSeconds(30) };
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PullAsync(cancellationToken: cancel.Token));
        long kept = new FileInfo(Blob(Unet) + ".incomplete").Length;
        Assert.InRange(kept, 1, Hub.Files[Unet].Length / 2);
        Assert.False(File.Exists(Path.Combine(RepositoryFolder, "refs", "main")));
        Hub.BeforeStore = null;
        await PullAsync();
        AssertSnapshot(Hub.Files.Keys);
        Assert.Contains(Hub.StoreRequests, r => r.RangeStart == kept);
        Assert.Empty(Directory.EnumerateFiles(RepositoryFolder, "*.incomplete", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_store_that_falls_silent_has_broken_off()
    {
        bool silent = true;
        Hub.BeforeStore = request =>
        {
            byte[] contents = Hub.SignedContents(request);
            if (!silent || contents.Length != Hub.Files[Unet].Length) return null;
            silent = false;
            return StandInHub.Part(contents, request, 1000) with { Hold = TimeSpan.FromMinutes(5) };
        };
        await PullAsync(tools: Tools with { Silence = TimeSpan.FromSeconds(1) });
        AssertSnapshot(Hub.Files.Keys);
        Assert.Contains("fell silent", Assert.Single(Notices), StringComparison.Ordinal);
        Assert.Contains(Hub.StoreRequests, r => r.RangeStart == 1000);
    }

    [Fact]
    public async Task A_damaged_file_is_named_and_deleted()
    {
        Hub.BeforeStore = request =>
        {
            byte[] contents = [.. Hub.SignedContents(request)];
            contents[^1] ^= 1;
            return StandInHub.Part(contents, request);
        };
        string message = await RefusalAsync();
        Assert.Contains("check sum", message, StringComparison.Ordinal);
        Assert.Contains("SHA-256", message, StringComparison.Ordinal);
        Assert.Contains("deleted", message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(RepositoryFolder, "*.incomplete", SearchOption.AllDirectories));
        Assert.False(File.Exists(Path.Combine(RepositoryFolder, "refs", "main")));
    }

    [Fact]
    public async Task A_small_damaged_file_is_found_out_by_gits_sum()
    {
        Hub.BeforeHub = request => request.Target.EndsWith("scheduler_config.json", StringComparison.Ordinal)
            ? new LoopbackResponse(200, [.. Hub.Files["scheduler/scheduler_config.json"].Reverse()])
            : null;
        string message = await RefusalAsync();
        Assert.Contains("'scheduler/scheduler_config.json'", message, StringComparison.Ordinal);
        Assert.Contains("SHA-1", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_of_another_file_under_the_name_ends_in_the_check_sum()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Blob(Unet))!);
        File.WriteAllBytes(Blob(Unet) + ".incomplete", new byte[1000]);
        Assert.Contains("check sum", await RefusalAsync(), StringComparison.Ordinal);
        await PullAsync();
        AssertSnapshot(Hub.Files.Keys);
    }

    [Theory]
    [InlineData(200)] // a store without ranges: all of it again
    [InlineData(416)] // the part is longer than the file is there
    public async Task A_part_that_the_store_does_not_go_on_from_is_begun_anew(int answer)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Blob(Unet))!);
        File.WriteAllBytes(Blob(Unet) + ".incomplete", Hub.Files[Unet][..1000]);
        Hub.BeforeStore = request => request.RangeStart == 0 ? null
            : answer == 416 ? LoopbackResponse.Empty(416)
            : new LoopbackResponse(200, Hub.SignedContents(request));
        await PullAsync();
        AssertSnapshot(Hub.Files.Keys);
    }

    [Fact]
    public async Task A_range_other_than_the_one_asked_for_is_not_appended()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Blob(Unet))!);
        File.WriteAllBytes(Blob(Unet) + ".incomplete", Hub.Files[Unet][..1000]);
        Hub.BeforeStore = request =>
        {
            if (request.RangeStart == 0) return null;
            byte[] contents = Hub.SignedContents(request);
            return new LoopbackResponse(206, contents[500..]) { Headers = { ["Content-Range"] = $"bytes 500-{contents.Length - 1}/{contents.Length}" } };
        };
        await PullAsync();
        AssertSnapshot(Hub.Files.Keys);
    }

    [Fact]
    public async Task A_whole_partial_file_is_only_checked()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Blob(Unet))!);
        File.WriteAllBytes(Blob(Unet) + ".incomplete", Hub.Files[Unet]);
        await PullAsync();
        AssertSnapshot(Hub.Files.Keys);
        Assert.DoesNotContain(Unet, Hub.Resolved);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_hub_that_is_busy_is_asked_again_after_growing_pauses(int status)
    {
        int left = 3;
        Hub.BeforeHub = _ => left-- > 0 ? LoopbackResponse.Empty(status) : null;
        await PullAsync();
        Assert.Equal([1, 2, 4], Pauses.Select(p => p.TotalSeconds));
        Assert.All(Notices, notice => Assert.Contains($" {status} ", notice, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hub_that_says_how_long_to_wait_is_heeded_within_reason()
    {
        int left = 1;
        Hub.BeforeHub = _ => left-- > 0 ? LoopbackResponse.Empty(429, ("Retry-After", "17")) : null;
        await PullAsync();
        Assert.Equal([17], Pauses.Select(p => p.TotalSeconds));

        Hub.BeforeHub = _ => LoopbackResponse.Empty(429, ("Retry-After", "7200"));
        Assert.Contains("120 minutes", await RefusalAsync(), StringComparison.Ordinal);
        Assert.Single(Pauses);
    }

    [Fact]
    public async Task A_hub_that_stays_down_is_given_up()
    {
        Hub.BeforeHub = _ => LoopbackResponse.Empty(503);
        string message = await RefusalAsync();
        Assert.Contains("503", message, StringComparison.Ordinal);
        Assert.Contains("5 times", message, StringComparison.Ordinal);
        Assert.Equal(RetryPolicy.MostFailures, Hub.HubRequests.Count());
    }

    [Theory]
    [InlineData(401, "", "private")]
    [InlineData(403, "GatedRepo", "terms")]
    [InlineData(404, "RepoNotFound", "There is no model")]
    [InlineData(404, "RevisionNotFound", "no revision 'main'")]
    [InlineData(404, "", "There is no model")]
    [InlineData(407, "", "proxy")]
    [InlineData(418, "", "418")]
    public async Task A_lasting_refusal_is_explained_at_once(int status, string code, string words)
    {
        Hub.BeforeHub = _ => LoopbackResponse.Empty(status, ("X-Error-Code", code));
        string message = await RefusalAsync();
        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.Contains(status == 407 ? "HTTPS_PROXY" : StandInHub.Repository, message, StringComparison.Ordinal);
        Assert.Single(Hub.HubRequests);
        Assert.Empty(Pauses);
    }

    [Fact]
    public async Task A_withdrawn_repository_is_followed_to_where_its_model_is()
    {
        Hub.BeforeHub = _ => LoopbackResponse.Empty(401);
        Assert.Contains("sd2-community/stable-diffusion-2-depth", await RefusalAsync(new PullRequest { Model = ModelReference.Parse("stabilityai/stable-diffusion-2-depth") }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listed_file_that_is_not_there_is_named()
    {
        Hub.BeforeHub = request => request.Target.EndsWith("vocab.json", StringComparison.Ordinal) ? LoopbackResponse.Empty(404, ("X-Error-Code", "EntryNotFound")) : null;
        Assert.Contains("'tokenizer/vocab.json'", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_cannot_be_reached_is_told_at_once()
    {
        Hub.Dispose();
        string message = await RefusalAsync();
        Assert.Contains("cannot be reached", message, StringComparison.Ordinal);
        Assert.Contains("HTTPS_PROXY", message, StringComparison.Ordinal);
        Assert.Empty(Pauses);
    }

    [Theory]
    [InlineData("<html>log in</html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"sha": "../../etc", "siblings": []}""")]
    [InlineData("""{"sha": "0123456789abcdef0123456789abcdef01234567", "siblings": [{"size": 1}]}""")]
    [InlineData("""{"sha": "0123456789abcdef0123456789abcdef01234567", "siblings": 7}""")]
    public async Task What_is_no_listing_is_refused(string body)
    {
        Hub.BeforeHub = _ => new LoopbackResponse(200, System.Text.Encoding.UTF8.GetBytes(body));
        Assert.Contains("expected", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_in_circles_end()
    {
        Hub.BeforeHub = request => LoopbackResponse.Empty(302, ("Location", request.Target));
        Assert.Contains("in circles", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_gives_more_or_less_than_the_file_is_refused()
    {
        Hub.BeforeStore = request => new LoopbackResponse(200, [.. Hub.SignedContents(request), 0]);
        Assert.Contains("were expected", await RefusalAsync(), StringComparison.Ordinal);
    }
}
