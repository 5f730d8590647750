using System.Text.Json;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.Prompts;

namespace Depth2Img.Cli.Tests.Batch;

public sealed class BatchCommandTests : IDisposable
{
    private readonly BatchRun _batch = new();

    public void Dispose() => _batch.Dispose();

    private static GenerationSettings SettingsOf(string path) => GenerationSettings.FromJson(ImageFile.Load(path).Text[GenerationSettings.TextKey]);

    private string Out(string name) => Path.Combine(_batch.Outputs, name);

    [Fact]
    public async Task A_folder_of_pictures_is_made_once_and_then_kept()
    {
        _batch.Picture("in/a.png", 10);
        _batch.Picture("in/b.png", 20);
        CliRun run = await _batch.RunAsync(_batch.Folder["in"], "-p", "a ball");
        Assert.Equal((ExitCodes.Success, 2, 0), (run.ExitCode, _batch.Counts.Made, _batch.Counts.Kept));
        Assert.Equal([Out("a.png"), Out("b.png")], run.Output.Trim().Split('\n'));
        var first = _batch.Snapshot();
        Assert.Equal(["a.png", "b.png"], first.Keys.Order(StringComparer.Ordinal));

        CliRun again = await _batch.RunAsync(_batch.Folder["in"], "-p", "a ball");
        Assert.Equal((ExitCodes.Success, (0, 2, 0)), (again.ExitCode, _batch.Counts));
        Assert.Equal(first, _batch.Snapshot());
        Assert.Equal(run.Output, again.Output);
    }

    [Fact]
    public async Task A_lines_own_settings_win_and_paths_are_relative_to_the_file()
    {
        _batch.Picture("pictures/a.png");
        _batch.Picture("pictures/near.png", 90);
        string jobs = _batch.Jobs("pictures/jobs.csv", "image,prompt,seed,depth,output\na.png,,7,,first\na.png,\"a cube, red\",,near.png,sub/second.jpg\n");
        CliRun run = await _batch.RunAsync(jobs, "-p", "a ball", "--seed", "5");
        Assert.Equal((ExitCodes.Success, 2), (run.ExitCode, _batch.Counts.Made));
        GenerationSettings first = SettingsOf(Out("first.png"));
        Assert.Equal(("a ball", 7L, "checkpoint"), (first.Prompt, first.Seed, first.DepthModel));
        GenerationSettings second = SettingsOf(Out("sub/second.jpg"));
        Assert.Equal(("a cube, red", 5L, "given"), (second.Prompt, second.Seed, second.DepthModel));
    }

    [Fact]
    public async Task Bad_lines_are_named_by_number_and_the_others_are_made()
    {
        _batch.Picture("a.png");
        string jobs = _batch.Jobs("jobs.jsonl", """
            {"image":"a.png","output":"good1"}
            {"image":"a.png","strenth":0.5}
            {"image":"none.png"}
            {"image":"a.png","strength":"much"}
            {"image":"a.png","strength":2,"output":"two"}
            {"prompt":"no picture"}
            not json
            {"image":"a.png","output":"../escape.png"}
            {"image":"a.png","output":"x.bmp"}
            {"image":"a.png","output":"twice"}
            {"image":"a.png","seed":2,"output":"twice.png"}
            {"image":"a.png","model":"no-such-model","output":"model"}
            {"image":"a.png","seed":3,"output":"good2"}
            """);
        CliRun run = await _batch.RunAsync(jobs, "-p", "a ball");
        Assert.Equal((ExitCodes.Partial, (2, 0, 11)), (run.ExitCode, _batch.Counts));
        Assert.Equal(["good1.png", "good2.png"], _batch.Snapshot().Keys.Order(StringComparer.Ordinal));
        Assert.Contains("'strength' is one", _batch.ReasonOf(2), StringComparison.Ordinal);
        Assert.Contains("none.png", _batch.ReasonOf(3), StringComparison.Ordinal);
        Assert.Contains("a number is expected", _batch.ReasonOf(4), StringComparison.Ordinal);
        Assert.Contains("Strength is 2", _batch.ReasonOf(5), StringComparison.Ordinal);
        Assert.Contains("'image'", _batch.ReasonOf(6), StringComparison.Ordinal);
        Assert.Contains("JSON", _batch.ReasonOf(7), StringComparison.Ordinal);
        Assert.Contains("outside", _batch.ReasonOf(8), StringComparison.Ordinal);
        Assert.Contains("'.bmp'", _batch.ReasonOf(9), StringComparison.Ordinal);
        Assert.Contains("line 10 and line 11", _batch.ReasonOf(10), StringComparison.Ordinal);
        Assert.Contains("line 10 and line 11", _batch.ReasonOf(11), StringComparison.Ordinal);
        Assert.Contains("no-such-model", _batch.ReasonOf(12), StringComparison.Ordinal);
        Assert.Contains("error: line 3: ", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_batch.Folder["escape.png"]));
    }

    [Fact]
    public async Task A_job_may_repaint_a_part_of_its_picture_or_make_layers()
    {
        _batch.Picture("a.png", side: 64);
        byte[] half = [.. Enumerable.Range(0, 64 * 64 * 3).Select(i => i / 3 % 64 < 32 ? (byte)255 : (byte)0)];
        ImageFile.Save(_batch.Folder["mask.png"], new Image(64, 64, half), new ImageSaveOptions());
        float[] near = [.. Enumerable.Range(0, 64 * 64).Select(i => i % 64 < 32 ? 1f : 0f)];
        DepthMapFile.Save(_batch.Folder["near.png"], new DepthMap(64, 64, near), new DepthSaveOptions());
        string jobs = _batch.Jobs("jobs.jsonl", """
            {"image":"a.png","mask":"mask.png","feather":0,"fill":"noise","output":"repainted"}
            {"image":"a.png","depth":"near.png","layer":["keep","a cube"],"cut":"0.5","softness":0,"output":"layered"}
            {"image":"a.png","fill":"noise","output":"no mask"}
            {"image":"a.png","softness":0.1,"output":"no layer"}
            {"image":"a.png","mask":"mask.png","layer":["keep","a cube"],"output":"both"}
            """);
        CliRun run = await _batch.RunAsync(jobs, "-p", "a ball");
        Assert.Equal((ExitCodes.Partial, (2, 0, 3)), (run.ExitCode, _batch.Counts));
        Image input = Image.Load(_batch.Folder["a.png"]);
        AssertChangedIn(input, Out("repainted.png"), leftChanges: true);
        AssertChangedIn(input, Out("layered.png"), leftChanges: false);
        Assert.NotNull(SettingsOf(Out("repainted.png")).Inpaint);
        Assert.NotNull(SettingsOf(Out("layered.png")).Layers);
        Assert.Contains("--mask", _batch.ReasonOf(3), StringComparison.Ordinal);
        Assert.Contains("--layer", _batch.ReasonOf(4), StringComparison.Ordinal);
        Assert.Contains("Layers", _batch.ReasonOf(5), StringComparison.Ordinal);

        // Another mask is another job.
        ImageFile.Save(_batch.Folder["mask.png"], new Image(64, 64, [.. half.Select(value => (byte)(255 - value))]), new ImageSaveOptions { Overwrite = true });
        await _batch.RunAsync(jobs, "-p", "a ball");
        Assert.Equal((1, 1, 3), _batch.Counts);
        AssertChangedIn(input, Out("repainted.png"), leftChanges: false);
    }

    /// <summary>One half of a picture is another's bit for bit, and the other half is not.</summary>
    private static void AssertChangedIn(Image input, string output, bool leftChanges)
    {
        Image made = Image.Load(output);
        bool SameIn(int from, int to) => Enumerable.Range(0, input.Height).All(y =>
            input.Pixels.AsSpan(((y * input.Width) + from) * 3, (to - from) * 3).SequenceEqual(made.Pixels.AsSpan(((y * input.Width) + from) * 3, (to - from) * 3)));
        Assert.Equal((!leftChanges, leftChanges), (SameIn(0, input.Width / 2), SameIn(input.Width / 2, input.Width)));
    }

    [Fact]
    public async Task A_changed_setting_or_input_runs_just_that_job_anew()
    {
        _batch.Picture("a.png", 10);
        _batch.Picture("b.png", 20);
        const string Lines = "image,seed,output\na.png,1,one\na.png,2,two\nb.png,1,three\n";
        await _batch.RunAsync(_batch.Jobs("jobs.csv", Lines), "-p", "a ball");
        var first = _batch.Snapshot();

        await _batch.RunAsync(_batch.Jobs("jobs.csv", Lines.Replace("a.png,2", "a.png,22", StringComparison.Ordinal)), "-p", "a ball");
        Assert.Equal((1, 2, 0), _batch.Counts);
        var second = _batch.Snapshot();
        Assert.Equal((first["one.png"], first["three.png"]), (second["one.png"], second["three.png"]));
        Assert.NotEqual(first["two.png"].Contents, second["two.png"].Contents);

        _batch.Picture("b.png", 21);
        await _batch.RunAsync(_batch.Jobs("jobs.csv", Lines.Replace("a.png,2", "a.png,22", StringComparison.Ordinal)), "-p", "a ball");
        Assert.Equal((1, 2, 0), _batch.Counts);
        Assert.Equal(second["two.png"], _batch.Snapshot()["two.png"]);
        Assert.NotEqual(second["three.png"].Contents, _batch.Snapshot()["three.png"].Contents);
    }

    [Fact]
    public async Task Writing_settings_otherwise_or_moving_the_files_changes_nothing()
    {
        _batch.Picture("a.png");
        await _batch.RunAsync(_batch.Jobs("jobs.csv", "image,guidance,seed,output\na.png,7.50,1,o\n"), "-p", "a ball");
        Directory.CreateDirectory(_batch.Folder["moved"]);
        File.Move(_batch.Folder["a.png"], _batch.Folder["moved/b.png"]);
        await _batch.RunAsync(_batch.Jobs("moved/jobs.jsonl", """{"output":"o.png","seed":1,"guidance":7.5,"image":"b.png","fast":false,"init":"image","prompt":"a ball"}"""));
        Assert.Equal((0, 1, 0), _batch.Counts);
    }

    [Fact]
    public async Task A_damaged_or_missing_output_is_made_again_the_same()
    {
        _batch.Picture("a.png");
        string jobs = _batch.Jobs("jobs.csv", "image,count,output\na.png,2,o\n");
        await _batch.RunAsync(jobs, "-p", "a ball");
        var first = _batch.Snapshot();
        Assert.Equal(["o-1.png", "o-2.png"], first.Keys.Order(StringComparer.Ordinal));

        File.WriteAllBytes(Out("o-1.png"), File.ReadAllBytes(Out("o-1.png"))[..100]);
        await _batch.RunAsync(jobs, "-p", "a ball");
        Assert.Equal((1, 0, 0), _batch.Counts);
        Assert.Equal(first["o-1.png"].Contents, _batch.Snapshot()["o-1.png"].Contents);

        File.Delete(Out("o-2.png"));
        await _batch.RunAsync(jobs, "-p", "a ball");
        Assert.Equal((1, 0, 0), _batch.Counts);
        Assert.Equal(first["o-2.png"].Contents, _batch.Snapshot()["o-2.png"].Contents);
    }

    [Fact]
    public async Task A_file_that_the_batch_did_not_make_is_left_without_force()
    {
        _batch.Picture("in/a.png");
        string foreign = _batch.Picture("out/a.png", 99);
        byte[] before = File.ReadAllBytes(foreign);
        CliRun run = await _batch.RunAsync(_batch.Folder["in"], "-p", "a ball");
        Assert.Equal(ExitCodes.Partial, run.ExitCode);
        Assert.Contains("--force", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(foreign));
        Assert.Equal(ExitCodes.Success, (await _batch.RunAsync(_batch.Folder["in"], "-p", "a ball", "--force")).ExitCode);
        Assert.NotEqual(before, File.ReadAllBytes(foreign));
    }

    [Fact]
    public async Task Identical_jobs_under_two_names_are_two_equal_pictures_with_the_pictures_own_seed()
    {
        _batch.Picture("a.png");
        await _batch.RunAsync(_batch.Jobs("jobs.csv", "image,output\na.png,one\na.png,two\n"), "-p", "a ball");
        Assert.Equal((2, 0, 0), _batch.Counts);
        var made = _batch.Snapshot();
        Assert.Equal(made["one.png"].Contents, made["two.png"].Contents);
        JsonElement[] jobs = [.. _batch.Report.GetProperty("jobs").EnumerateArray()];
        Assert.Equal(jobs[0].GetProperty("job").GetString(), jobs[1].GetProperty("job").GetString());
        Assert.Equal(SettingsOf(Out("one.png")).Seed, jobs[0].GetProperty("seed").GetInt64());
    }

    [Fact]
    public async Task An_input_is_never_an_output()
    {
        string picture = _batch.Picture("out/a.png");
        string jobs = _batch.Jobs("out/jobs.csv", "image,output\na.png,a.png\n");
        byte[] before = File.ReadAllBytes(picture);
        Assert.Equal(ExitCodes.Partial, (await _batch.RunAsync(jobs, "-p", "a ball", "--force")).ExitCode);
        Assert.Contains("is an input", _batch.ReasonOf(2), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(picture));
        (await _batch.RunAsync(_batch.Outputs, "-p", "a ball")).AssertRefused(ExitCodes.Output, "name another");
    }

    [Fact]
    public async Task A_sweep_makes_all_combinations_and_a_sheet_for_each_value_of_z()
    {
        _batch.Picture("a.png");
        string sheet = _batch.Folder["sheet.png"];
        string[] sweep = ["-p", "a ball", "--x", "seed=1,2,3", "--y", "prompt=a ball|a red cube", "--z", "scheduler=euler|ddim", "--grid", sheet, "--thumbnail", "32"];
        CliRun run = await _batch.RunAsync(_batch.Folder["a.png"], sweep);
        Assert.Equal((ExitCodes.Success, 12), (run.ExitCode, _batch.Counts.Made));
        GenerationSettings one = SettingsOf(Out("a-2-a-red-cube-ddim.png"));
        Assert.Equal((2L, "a red cube", "ddim"), (one.Seed, one.Prompt, one.Scheduler));
        string[] sheets = [_batch.Folder["sheet-euler.png"], _batch.Folder["sheet-ddim.png"]];
        Assert.Equal(sheets, run.Output.Trim().Split('\n')[^2..]);
        Image drawn = ImageFile.Load(sheets[0]).ToRgb();
        Assert.InRange(drawn.Width, 3 * 32, 3 * 32 + 100);

        DateTime changed = File.GetLastWriteTimeUtc(sheets[0]);
        Assert.Equal(ExitCodes.Success, (await _batch.RunAsync(_batch.Folder["a.png"], sweep)).ExitCode);
        Assert.Equal((0, 12, 0), _batch.Counts);
        Assert.Equal(changed, File.GetLastWriteTimeUtc(sheets[0]));
    }

    [Fact]
    public async Task A_sweeps_pictures_share_the_seed_and_a_failed_combination_leaves_a_gap()
    {
        _batch.Picture("a.png");
        CliRun run = await _batch.RunAsync(_batch.Folder["a.png"], "-p", "a ball", "--x", "guidance=1,5,-1", "--grid", _batch.Folder["sheet.png"]);
        Assert.Equal((ExitCodes.Partial, (2, 0, 1)), (run.ExitCode, _batch.Counts));
        Assert.Equal(SettingsOf(Out("a-1.png")).Seed, SettingsOf(Out("a-5.png")).Seed);
        Assert.True(File.Exists(_batch.Folder["sheet.png"]));
    }

    [Theory]
    [InlineData("--x", "strenth=1", "'strength'")]
    [InlineData("--name", "{colour}", "{colour}")]
    [InlineData("--name", "{image", "brace")]
    [InlineData("--thumbnail", "1", "32")]
    public async Task A_wrong_command_line_is_refused_before_anything_is_made(string option, string value, string message)
    {
        _batch.Picture("a.png");
        (await _batch.RunAsync(_batch.Folder["a.png"], "-p", "a ball", option, value)).AssertRefused(ExitCodes.Usage, message);
        Assert.False(Directory.Exists(_batch.Outputs));
    }

    [Theory]
    [InlineData("none.csv")]
    [InlineData("empty.csv")]
    [InlineData("empty.jsonl")]
    [InlineData("jobs.json")]
    public async Task Jobs_that_are_none_are_refused(string name)
    {
        if (name != "none.csv") _batch.Jobs(name, "");
        (await _batch.RunAsync(_batch.Folder[name], "-p", "a")).AssertRefused(ExitCodes.Input, name);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_is_refused()
    {
        _batch.Picture("a.png");
        (await CliFolder.RunAsync(BatchRun.Arguments(_batch.Folder["a.png"], "/proc/batch", "-p", "a"))).AssertRefused(ExitCodes.Output, "/proc/batch");
    }

    [Fact]
    public async Task Names_follow_the_template()
    {
        _batch.Picture("in/a.png");
        _batch.Picture("in/b.png", 3);
        await _batch.RunAsync(_batch.Folder["in"], "-p", "a ball", "--name", "{prompt}/{n:000}-{image}-{seed}.jpg", "--seed", "4");
        Assert.Equal(["a-ball/001-a-4.jpg", "a-ball/002-b-4.jpg"], _batch.Snapshot().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Json_is_an_object_a_line_and_a_summary()
    {
        _batch.Picture("a.png");
        CliRun run = await _batch.RunAsync(_batch.Jobs("jobs.csv", "image,steps\na.png,1\na.png,many\n"), "-p", "a ball", "--json");
        JsonElement[] lines = [.. run.Output.Trim().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Empty(run.Error);
        Assert.Equal(["failed", "made"], lines[..^1].Select(line => line.GetProperty("state").GetString()!));
        Assert.Equal(1, lines[^1].GetProperty("summary").GetProperty("made").GetInt32());
    }

    [Fact]
    public async Task Styles_and_weights_make_the_pictures_that_generate_makes()
    {
        string picture = _batch.Picture("a.png");
        await _batch.RunAsync(picture, "-p", "a (ball:1.4)", "--prompt-syntax", "weighted", "--x", "style=neon|sunset", "--name", "{style}", "--seed", "3");
        Assert.Equal((2, 0, 0), _batch.Counts);
        Assert.NotEqual(File.ReadAllBytes(Out("neon.png")), File.ReadAllBytes(Out("sunset.png")));
        GenerationSettings settings = GenerationSettings.FromJson(ImageFile.Load(Out("neon.png")).Text[GenerationSettings.TextKey]);
        Assert.Equal("neon", settings.Style!.Name);
        Assert.Equal(PromptSyntax.Weighted, settings.PromptSyntax);
        CliRun refused = await _batch.RunAsync(picture, "-p", "a {red|blue} ball", "--prompt-syntax", "weighted", "--seed", "3");
        Assert.Equal((0, 0, 1), _batch.Counts);
        Assert.Contains("choices make 2 prompts", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_batch_says_what_is_left_and_goes_on_later()
    {
        _batch.Picture("a.png");
        string jobs = _batch.Jobs("jobs.csv", "image,steps,count,output\na.png,1,1,quick\na.png,900,64,long\n");
        using CancellationTokenSource source = new();
        using StringWriter output = new(), error = new();
        Task<int> run = CommandLineApp.RunAsync(BatchRun.Arguments(jobs, _batch.Outputs, "-p", "a ball"), output, error, source.Token);
        while (!run.IsCompleted && !File.Exists(Out("quick.png"))) await Task.Delay(20);
        await source.CancelAsync();
        Assert.Equal(ExitCodes.Cancelled, await run);
        Assert.Contains("1 made, 1 not run", error.ToString(), StringComparison.Ordinal);
        var before = _batch.Snapshot();
        await _batch.RunAsync(_batch.Jobs("jobs.csv", "image,steps,count,output\na.png,1,1,quick\na.png,2,1,long\n"), "-p", "a ball");
        Assert.Equal((1, 1, 0), _batch.Counts);
        Assert.Equal(before["quick.png"], _batch.Snapshot()["quick.png"]);
    }
}
