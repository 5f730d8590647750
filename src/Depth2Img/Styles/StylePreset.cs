using System.Text.Json.Serialization;
using Depth2Img.Prompts;

namespace Depth2Img.Styles;

/// <summary>A style: how prompts are put into words for it, and the settings that suit it.</summary>
public sealed record StylePreset
{
    /// <summary>What stands for the request's prompt in <see cref="Prompt"/>.</summary>
    public const string Placeholder = "{prompt}";

    /// <summary>What the style is called: letters, digits, '-' and '_'.</summary>
    public required string Name { get; init; }

    /// <summary>One line for a person.</summary>
    public string Description { get; init; } = "";

    /// <summary>The prompt with <see cref="Placeholder"/> where the request's own goes.</summary>
    public required string Prompt { get; init; }

    /// <summary>What the style keeps away from; added to the request's own.</summary>
    [JsonPropertyName("negative")]
    public string NegativePrompt { get; init; } = "";

    /// <summary>The strength that suits it, 0 to 1; null leaves it to the model.</summary>
    public double? Strength { get; init; }

    /// <summary>The guidance that suits it, 0 to 100; null leaves it to the model.</summary>
    public double? Guidance { get; init; }

    /// <summary>The steps that suit it, from 1; null leaves them to the model.</summary>
    public int? Steps { get; init; }

    /// <summary>The scheduler that suits it; null leaves it to the model.</summary>
    public string? Scheduler { get; init; }

    /// <summary>Reads a style's file.</summary>
    /// <param name="path">JSON; comments and trailing commas may be there. A style without a name of its own is called as the file.</param>
    /// <exception cref="Depth2ImgException">The file is no style; the message names file and line.</exception>
    public static StylePreset Load(string path) => StyleReader.Read(path);

    /// <summary>A prompt in this style. Of an empty prompt the style's words are left.</summary>
    public string ApplyTo(string prompt) => Fill(Prompt, prompt);

    /// <summary>A negative prompt with this style's.</summary>
    public string ApplyToNegative(string negativePrompt) => Join(negativePrompt, NegativePrompt);

    /// <summary>Whether a model knows all of the style's words.</summary>
    /// <param name="vocabulary">A small model's words; null for one that was trained on free text.</param>
    public bool Suits(IReadOnlyList<string>? vocabulary) =>
        vocabulary is null || VocabularyCheck.UnknownWords(ApplyTo("") + ", " + NegativePrompt, vocabulary).Count == 0;

    /// <summary>Puts a prompt into a template.</summary>
    internal static string Fill(string template, string prompt)
    {
        if (!string.IsNullOrWhiteSpace(prompt)) return template.Replace(Placeholder, prompt, StringComparison.Ordinal);
        IEnumerable<string> parts = template.Replace(Placeholder, "", StringComparison.Ordinal).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return string.Join(", ", parts);
    }

    /// <summary>Two lists of words, either of which may be empty.</summary>
    internal static string Join(string first, string second)
    {
        if (string.IsNullOrWhiteSpace(first)) return second;
        return string.IsNullOrWhiteSpace(second) ? first : $"{first}, {second}";
    }
}
