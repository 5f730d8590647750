using System.Globalization;
using Depth2Img.Prompts.Weighted;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Prompts;

/// <summary>The weighted syntax: AUTOMATIC1111's documented examples, what differs on purpose, and any text.</summary>
public class WeightedPromptTests
{
    private const int Evaluations = 10;

    [Theory]
    [InlineData("normal text", "normal text|1")]
    [InlineData("an (important) word", "an |1;important|1.1; word|1")]
    [InlineData(@"\(literal\]", "(literal]|1")]
    [InlineData("(unnecessary)(parens)", "unnecessaryparens|1.1")]
    [InlineData("a ((house:1.3)) [on] a (hill:0.5), sun, (((sky))).", "a |1;house|1.43; |1;on|0.909; a |1;hill|0.5;, sun, |1;sky|1.331;.|1")]
    [InlineData("((a) b:0.5)", "a|0.55; b|0.5")]
    [InlineData("[[a]]", "a|0.826")]
    [InlineData("([a])", "a|1")]
    [InlineData("(a:-0.5)", "a|-0.5")]
    [InlineData("(a: 1.2 )", "a|1.2")]
    [InlineData("(a:b:1.2)", "a:b|1.2")]
    [InlineData("(a:b)", "a:b|1.1")]
    [InlineData("(a:nan)", "a:nan|1.1")]
    [InlineData(@"(a\:1.2)", "a:1.2|1.1")]
    [InlineData("[a:b]", "a:b|0.909")]
    [InlineData("()", "")]
    [InlineData("", "")]
    [InlineData("a|b {c}: d", "a|b {c}: d|1")]
    [InlineData(@"C:\path \\ x", @"C:\path \ x|1")]
    [InlineData("(a <lora:(x):0.5> b:1.2)", "a <lora:(x):0.5> b|1.2")]
    public void Brackets_weigh_what_they_hold(string prompt, string expected) => Assert.Equal(expected, Show(prompt, 0));

    [Theory]
    [InlineData("(unbalanced")]
    [InlineData("unbalanced)")]
    [InlineData("[a:b:0.5")]
    [InlineData(":) a smile (:")]
    [InlineData("a ] b [ c")]
    [InlineData("5 (of 6")]
    public void Brackets_without_a_partner_are_text(string prompt) => Assert.Equal($"{prompt}|1", Show(prompt, 0));

    [Fact]
    public void Brackets_that_cross_are_matched_outside_in() => Assert.Equal("a [b|1.1; c]|1", Show("(a [b) c]", 0));

    /// <summary>The web UI's own table for ten steps.</summary>
    [Theory]
    [InlineData("test", "test")]
    [InlineData("a [b:3]", "a |a |a |a b|a b|a b|a b|a b|a b|a b")]
    [InlineData("a [b: 3]", "a |a |a |a b|a b|a b|a b|a b|a b|a b")]
    [InlineData("a [[b]:3]", "a |a |a |a b|a b|a b|a b|a b|a b|a b")]
    [InlineData("[a:2]", "||a|a|a|a|a|a|a|a")]
    [InlineData("[a:1]", "|a|a|a|a|a|a|a|a|a")]
    [InlineData("[fe|]male", "female|male|female|male|female|male|female|male|female|male")]
    [InlineData("[fe||]male", "female|male|male|female|male|male|female|male|male|female")]
    [InlineData("[a:b:0.5]", "a|a|a|a|a|b|b|b|b|b")]
    [InlineData("[a::0.25]", "a|a||||||||")]
    [InlineData("[:b:0.75]", "|||||||b|b|b")]
    [InlineData("[a:b:1.0]", "a")]
    [InlineData("[a:b:0]", "b")]
    [InlineData("[a:b:3.7]", "a|a|a|b|b|b|b|b|b|b")]
    [InlineData("[a:b:99]", "a")]
    [InlineData("[a:[b:c:0.8]:0.5]", "a|a|a|a|a|b|b|b|c|c")]
    [InlineData("[a|[b|c]]", "a|c|a|c|a|c|a|c|a|c")]
    public void Prompts_change_in_the_run(string prompt, string expected)
    {
        // One text stands for all evaluations.
        string[] texts = expected.Split('|');
        for (int i = 0; i < Evaluations; i++) Assert.Equal(texts[texts.Length == 1 ? 0 : i], Text(prompt, i));
    }

    [Fact]
    public void A_bar_in_round_brackets_is_text()
    {
        Assert.Equal("a|b", Text("[(a|b):c:0.1]", 0));
        Assert.Equal("c", Text("[(a|b):c:0.1]", 1));
    }

    [Theory]
    [InlineData("[a:b:-1]")]
    [InlineData("[a:b:1e-1]")]
    [InlineData("[a:b:c:0.5]")]
    [InlineData("[a:b:when]")]
    public void What_is_no_schedule_is_less_attention(string prompt) => Assert.Equal($"{prompt[1..^1]}|0.909", Show(prompt, 0));

    [Fact]
    public void Any_depth_can_be_read()
    {
        string deep = new string('(', 100_000) + "a" + new string(')', 100_000);
        Assert.Contains("a", Text(deep, 0), StringComparison.Ordinal);
        Assert.Equal(2 * (100_000 - 32) + 1, Text(deep, 0).Length);
    }

    [Property(MaxTest = 1000)]
    public bool Text_without_syntax_passes_unchanged(NonNull<string> text)
    {
        string plain = new([.. text.Get.Where(c => !"()[]\\".Contains(c, StringComparison.Ordinal))]);
        IReadOnlyList<WeightedText> read = WeightedPrompt.Parse(plain).At(0, 1);
        return plain.Length == 0 ? read.Count == 0 : read.Count == 1 && read[0] == new WeightedText(plain, 1);
    }

    [Fact]
    public void Any_text_is_read_and_written_so_that_it_reads_the_same() => Prop.ForAll(Prompts().ToArbitrary(), prompt =>
    {
        WeightedPrompt read = WeightedPrompt.Parse(prompt), again = WeightedPrompt.Parse(read.ToString());
        return read.ToString() == again.ToString()
            && Enumerable.Range(0, Evaluations).All(i => read.At(i, Evaluations).SequenceEqual(again.At(i, Evaluations)));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Neighbours_differ_in_weight_and_none_is_empty() => Prop.ForAll(Prompts().ToArbitrary(), prompt =>
    {
        IReadOnlyList<WeightedText> texts = WeightedPrompt.Parse(prompt).At(3, Evaluations);
        return texts.All(text => text.Text.Length > 0) && texts.Zip(texts.Skip(1)).All(pair => pair.First.Weight != pair.Second.Weight);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Every_character_that_is_meant_is_found_where_it_was_typed() => Prop.ForAll(Prompts().ToArbitrary(), prompt =>
    {
        WeightedPrompt read = WeightedPrompt.Parse(prompt);
        return Enumerable.Range(0, Evaluations).All(i => Text(prompt, i) == string.Concat(read.PlacesAt(i, Evaluations).Select(place => prompt[place])));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    /// <summary>Texts that are mostly syntax.</summary>
    private static Gen<string> Prompts() =>
        Gen.Elements("(", ")", "[", "]", "|", ":", "\\", "{", "}", "0.5", "1.0", "3", "-1", ".", "a", "b c", " ", "<lora:x:1>", "<lora:", ">", "é", "\ud83d").ListOf().Select(string.Concat);

    private static string Text(string prompt, int evaluation) => string.Concat(WeightedPrompt.Parse(prompt).At(evaluation, Evaluations).Select(text => text.Text));

    private static string Show(string prompt, int evaluation) => string.Join(';', WeightedPrompt.Parse(prompt).At(evaluation, Evaluations)
        .Select(text => string.Create(CultureInfo.InvariantCulture, $"{text.Text}|{text.Weight:0.###}")));
}
