using Depth2Img.Cli.Batch.Planning;

namespace Depth2Img.Cli.Tests.Batch;

public sealed class SweepTests
{
    private static readonly JobSchema Schema = new(promptRequired: false);

    [Theory]
    [InlineData("strength=0.2:1.0:0.2", "0.2|0.4|0.6|0.8|1")]
    [InlineData("strength=1:0.5:-0.25", "1|0.75|0.5")]
    [InlineData("strength=0:1:0.3", "0|0.3|0.6|0.9")]
    [InlineData("steps=1:4", "1|2|3|4")]
    [InlineData("seed=3, 1,2", "3|1|2")]
    [InlineData("guidance=7.5", "7.5")]
    [InlineData("prompt=a ball, red|b: two|c\\|d", "a ball, red|b: two|c|d")]
    [InlineData("scheduler=euler|ddim", "euler|ddim")]
    [InlineData("negative=|ugly", "|ugly")]
    [InlineData("guidanceInterval=0.2:0.8|0:1", "0.2:0.8|0:1")]
    [InlineData("karras=true|false", "true|false")]
    public void An_axis_has_ranges_and_lists(string text, string values)
    {
        SweepAxis axis = SweepAxis.Parse("x", text, Schema);
        Assert.Equal(values, string.Join('|', axis.Values));
        Assert.Equal(axis.Values.Count, axis.Slugs.Distinct().Count());
    }

    [Theory]
    [InlineData("strength", "SETTING=VALUES")]
    [InlineData("strenght=1", "'strength'")]
    [InlineData("image=a.png", "cannot sweep")]
    [InlineData("strength=0:1:0", "FROM:TO:STEP")]
    [InlineData("strength=0:1:-0.1", "FROM:TO:STEP")]
    [InlineData("strength=0:1:0.0001", "at most")]
    [InlineData("strength=a:b:c", "FROM:TO:STEP")]
    [InlineData("strength=0.2,much", "'much'")]
    [InlineData("steps=1:2:0.5", "whole number")]
    [InlineData("seed=1,1", "twice")]
    [InlineData("init=image|nothing", "nothing")]
    public void A_wrong_axis_is_refused_with_what_would_be_right(string text, string message) =>
        Assert.Contains(message, Assert.Throws<Depth2ImgException>(() => SweepAxis.Parse("x", text, Schema)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_sweep_has_all_combinations_the_first_axis_fastest()
    {
        Sweep sweep = new(SweepAxis.Parse("x", "seed=1,2,3", Schema), SweepAxis.Parse("y", "steps=1:2", Schema), SweepAxis.Parse("z", "karras=true|false", Schema));
        Assert.Equal(12, sweep.Count);
        SweepCell[] cells = [.. sweep.Cells];
        Assert.Equal(12, cells.Distinct().Count());
        Assert.Equal([new SweepCell(0, 0, 0), new SweepCell(1, 0, 0), new SweepCell(2, 0, 0), new SweepCell(0, 1, 0)], cells[..4]);
        Assert.Equal(new SweepCell(2, 1, 1), cells[^1]);
    }

    [Fact]
    public void Two_axes_of_one_setting_are_refused() =>
        Assert.Throws<Depth2ImgException>(() => new Sweep(SweepAxis.Parse("x", "seed=1", Schema), SweepAxis.Parse("y", "seed=2", Schema), null));

    [Fact]
    public void Prompts_that_begin_alike_are_told_apart_by_number() =>
        Assert.Equal(["1", "2"], SweepAxis.Parse("x", $"prompt={new string('a', 80)} b|{new string('a', 80)} c", Schema).Slugs);

    [Theory]
    [InlineData("a red ball", "a-red-ball")]
    [InlineData("../../etc", "etc")]
    [InlineData("0.5", "0.5")]
    [InlineData("-1", "-1")]
    [InlineData("", "none")]
    [InlineData("\0/\\:", "none")]
    public void A_value_becomes_a_part_of_a_file_name(string value, string slug) => Assert.Equal(slug, FileNames.Slug(value));
}
