using Depth2Img.Prompts;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Prompts;

public class PromptTagsTests
{
    [Theory]
    [InlineData("a red ball", "a red ball", "")]
    [InlineData("a <lora:ink:0.8> ball", "a ball", "ink 0.8 0.8")]
    [InlineData("<lora:ink>", "", "ink 1 1")]
    [InlineData("<lora:ink:0.8:0.5> a ball", "a ball", "ink 0.8 0.5")]
    [InlineData("a ball <LORA: ink wash : te=0.5 : unet=-1 >", "a ball", "ink wash -1 0.5")]
    [InlineData("a<lora:x:.5>b<lora:y:2>", "ab", "x 0.5 0.5,y 2 2")]
    [InlineData("a <lora:x:te=0>", "a", "x 0 0")]
    [InlineData("5 < 6 > 4 <lora", "5 < 6 > 4 <lora", "")]
    public void Tags_are_taken_out_of_the_prompt(string prompt, string text, string tags)
    {
        Assert.Equal(text, PromptTags.Extract(prompt, out IReadOnlyList<LoraTag> found));
        Assert.Equal(tags, string.Join(',', found.Select(t => FormattableString.Invariant($"{t.Name} {t.UNetStrength} {t.TextEncoderStrength}"))));
    }

    [Theory]
    [InlineData("a <lora:x", "no end")]
    [InlineData("<lora:>", "<lora:>")]
    [InlineData("<lora:x:much>", "<lora:x:much>")]
    [InlineData("<lora:x:1:2:3>", "<lora:x:1:2:3>")]
    [InlineData("<lora:x:nan>", "<lora:x:nan>")]
    [InlineData("<lora:x:unet=1:unet=2>", "unet=2")]
    public void A_tag_that_is_not_understood_is_quoted(string prompt, string word) =>
        Assert.Contains(word, Assert.Throws<Depth2ImgException>(() => PromptTags.Extract(prompt, out _)).Message, StringComparison.Ordinal);

    /// <summary>Any text: taken apart or refused, and without a tag left as it is.</summary>
    [Property(MaxTest = 1000)]
    public bool Any_text_is_taken_apart_or_refused(string? before, string? inside)
    {
        string prompt = $"{before}<lora:{inside}";
        try
        {
            string text = PromptTags.Extract(prompt, out IReadOnlyList<LoraTag> tags);
            return tags.Count > 0 && text.Length < prompt.Length && tags.All(t => t.Name.Length > 0);
        }
        catch (Depth2ImgException)
        {
            return true;
        }
    }
}
