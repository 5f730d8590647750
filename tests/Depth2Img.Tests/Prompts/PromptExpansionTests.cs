using Depth2Img.Prompts;
using FsCheck;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Prompts;

public class PromptExpansionTests
{
    [Theory]
    [InlineData("a red ball", "a red ball")]
    [InlineData("a {red|green|blue} ball", "a red ball;a green ball;a blue ball")]
    [InlineData("{a|b} {c|d}", "a c;a d;b c;b d")]
    [InlineData("a {big |}ball", "a big ball;a ball")]
    [InlineData("{a|{b|c}d}", "a;bd;cd")]
    [InlineData("{a}", "{a}")]
    [InlineData("{x {a|b}}", "{x a};{x b}")]
    [InlineData("{a|b", "{a|b")]
    [InlineData("a|b}", "a|b}")]
    [InlineData(@"\{a|b\}", @"\{a|b\}")]
    [InlineData(@"{a\|b|c}", @"a\|b;c")]
    [InlineData("(a:{1.1|1.3}) [x|{y|z}]", "(a:1.1) [x|y];(a:1.1) [x|z];(a:1.3) [x|y];(a:1.3) [x|z]")]
    [InlineData("{<lora:x:1>|<lora:{y|z}:1>}", "<lora:x:1>;<lora:{y|z}:1>")]
    public void Choices_become_prompts_the_last_changing_fastest(string prompt, string expected) => Assert.Equal(expected.Split(';'), PromptExpansion.Expand(prompt));

    [Fact]
    public void Too_many_prompts_are_refused()
    {
        string choices = string.Concat(Enumerable.Repeat("{a|b}", 8));
        Assert.Equal(PromptExpansion.MaxPrompts, PromptExpansion.Expand(choices).Count);
        Assert.Contains("256", Assert.Throws<Depth2ImgException>(() => PromptExpansion.Expand(choices + "{a|b}")).Message, StringComparison.Ordinal);
    }

    [Property(MaxTest = 500)]
    public bool Text_without_braces_is_one_prompt(NonNull<string> text)
    {
        string plain = text.Get.Replace("{", "", StringComparison.Ordinal);
        return PromptExpansion.Expand(plain) is [var only] && only == plain;
    }
}
