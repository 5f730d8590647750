using Depth2Img.Prompts;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Prompts;

public class VocabularyCheckTests
{
    private static readonly string[] Known = ["a", "photo", "of", "red", "ball", "don't", "café"];

    [Theory]
    [InlineData("", "")]
    [InlineData("A photo of a RED ball.", "")]
    [InlineData("a red dragon, a blue Dragon and a red castle", "dragon blue and castle")]
    [InlineData("red balls", "balls")]
    [InlineData("don't 'photo' cafe\u0301", "")]
    [InlineData("can't she’ll", "can't she’ll")]
    [InlineData("(photo:1.3) 2024 4k", "4k")]
    [InlineData("red-ball sky_blue", "sky blue")]
    [InlineData("東京 \uD800 \U0001D54F\U0001F3A8", "東京 \U0001D54F")]
    public void Unknown_words_are_named_in_order_once_and_as_written(string prompt, string unknown) =>
        Assert.Equal(unknown, string.Join(' ', VocabularyCheck.UnknownWords(prompt, Known)));

    [Property]
    public void Every_word_found_stands_in_the_prompt_and_none_is_known_when_listed(string? text)
    {
        string prompt = text ?? "";
        IReadOnlyList<string> unknown = VocabularyCheck.UnknownWords(prompt, Known);
        Assert.All(unknown, word => Assert.Contains(word, prompt, StringComparison.Ordinal));
        Assert.Empty(VocabularyCheck.UnknownWords(prompt, [.. Known, .. unknown]));
    }
}
