using Depth2Img.Server.Api.Sdapi;
using FsCheck.Xunit;

namespace Depth2Img.Server.Tests.Compat;

public sealed class InfoTextTests
{
    [Fact]
    public void A_value_is_quoted_exactly_when_it_has_a_comma_a_colon_or_a_line_break()
    {
        string text = InfoText.Write("a ball", "", [new("Steps", 20), new("Model", "a, b"), new("Note", "x: y"), new("Two", "a\nb"), new("Plain", "say \"hi\""), new("Sampler", "DPM++ 2M"), new("None", null), new("Tiling", "Tiling")]);
        Assert.Equal("a ball\nSteps: 20, Model: \"a, b\", Note: \"x: y\", Two: \"a\\nb\", Plain: say \"hi\", Sampler: DPM++ 2M, Tiling", text);
    }

    [Fact]
    public void Quotes_and_backslashes_within_quotes_are_escaped_and_other_letters_kept()
    {
        string text = InfoText.Write("", "", [new("Steps", 1), new("Seed", 2), new("Name", "ü, \"q\" \\ 猫")]);
        Assert.EndsWith("Name: \"ü, \\\"q\\\" \\\\ 猫\"", text, StringComparison.Ordinal);
        Assert.Equal("ü, \"q\" \\ 猫", InfoText.Read(text)["Name"]);
    }

    [Fact]
    public void A_text_is_read_as_other_programs_read_it()
    {
        IReadOnlyDictionary<string, string> read = InfoText.Read("a ball,\non grass\nNegative prompt: blurry\nugly\nSteps: 20, Sampler: Euler a, CFG scale: 7.5, Seed: 5, Size: 640x480, Model: \"x, y\"");
        Assert.Equal("a ball,\non grass", read["Prompt"]);
        Assert.Equal("blurry\nugly", read["Negative prompt"]);
        Assert.Equal(("20", "Euler a", "7.5", "5", "640", "480", "x, y"), (read["Steps"], read["Sampler"], read["CFG scale"], read["Seed"], read["Size-1"], read["Size-2"], read["Model"]));
        Assert.Equal(("1", "Inpaint masked", "GPU", "Automatic", "32"), (read["Clip skip"], read["Mask mode"], read["RNG"], read["Schedule type"], read["Masked area padding"]));
    }

    [Fact]
    public void A_last_line_of_fewer_than_three_pairs_belongs_to_the_prompt()
    {
        Assert.Equal("a ball\nsize: 5, colour: red", InfoText.Read("a ball\nsize: 5, colour: red")["Prompt"]);
        Assert.False(InfoText.Read("a ball\nsize: 5, colour: red").ContainsKey("size"));
    }

    [Property]
    public void Values_come_back_as_they_were_written(string first, string second)
    {
        string Clean(string? value) => string.Concat((value ?? "").Where(c => !char.IsSurrogate(c) && c != '\0')).Trim();
        string a = Clean(first), b = Clean(second);
        // Without a reason to quote it, a text that looks quoted is taken out of its quotes, as there.
        bool IsAmbiguous(string value) => value.Length >= 2 && value[0] == '"' && value[^1] == '"' && value.AsSpan().IndexOfAny(",\n:") < 0;
        if (IsAmbiguous(a) || IsAmbiguous(b) || a == "First" || b == "Second") return;
        IReadOnlyDictionary<string, string> read = InfoText.Read(InfoText.Write("p", "", [new("Steps", 1), new("First", a), new("Seed", 3), new("Second", b), new("End", "x")]));
        Assert.Equal(("1", "3", "x"), (read["Steps"], read["Seed"], read["End"]));
        if (!a.Contains('"', StringComparison.Ordinal) || a.AsSpan().IndexOfAny(",\n:") >= 0) Assert.Equal(a, read.GetValueOrDefault("First", a));
        if (!b.Contains('"', StringComparison.Ordinal) || b.AsSpan().IndexOfAny(",\n:") >= 0) Assert.Equal(b, read.GetValueOrDefault("Second", b));
    }
}
