using System.CommandLine;
using Depth2Img.Cli.Batch.Planning;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Depth2Img.Cli.Tests.Batch;

public sealed class JobSchemaTests
{
    private static readonly JobSchema Schema = new();

    private static ParseResult Parse(params (string Name, string Value)[] settings) =>
        Schema.Parse(settings.ToDictionary(s => s.Name, s => (IReadOnlyList<string>)[s.Value]));

    [Property]
    public Property Every_text_is_a_prompt_as_it_stands() => Prop.ForAll(
        Gen.Elements("a", "\"", "'", "=", ":", "-", "--", " ", "@", "/", "\\", "[", "\n", "ä", "karras").ArrayOf().Select(string.Concat).ToArbitrary(),
        prompt => Schema.Request.Prompt(Parse(("prompt", prompt))) == prompt);

    [Theory]
    [InlineData("strength", "much", "'much'; a number is expected")]
    [InlineData("init", "nothing", "image or noise")]
    [InlineData("size", "64", "WIDTHxHEIGHT")]
    [InlineData("strenth", "1", "'strength' is one")]
    [InlineData("json", "true", "no setting 'json'")]
    public void A_wrong_setting_is_refused_as_on_the_command_line(string name, string value, string message) =>
        Assert.Contains(message, Assert.Throws<Depth2ImgException>(() => Parse(("prompt", "a"), (name, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_job_without_a_prompt_is_refused() =>
        Assert.Contains("--prompt", Assert.Throws<Depth2ImgException>(() => Parse(("strength", "1"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("depth", nameof(JobPaths.Kind.Input))]
    [InlineData("lora", nameof(JobPaths.Kind.Input))]
    [InlineData("embedding", nameof(JobPaths.Kind.Input))]
    [InlineData("controlnet", nameof(JobPaths.Kind.Input))]
    [InlineData("model", nameof(JobPaths.Kind.InputOrName))]
    [InlineData("depth-model", nameof(JobPaths.Kind.InputOrName))]
    [InlineData("lora-dir", nameof(JobPaths.Kind.SearchFolder))]
    [InlineData("mask", nameof(JobPaths.Kind.Input))]
    [InlineData("depth-inside", nameof(JobPaths.Kind.InputOrName))]
    [InlineData("layer", nameof(JobPaths.Kind.None))]
    [InlineData("scheduler", nameof(JobPaths.Kind.None))]
    [InlineData("prompt", nameof(JobPaths.Kind.None))]
    public void It_is_known_which_settings_name_files(string name, string kind) => Assert.Equal(kind, JobPaths.KindOf(Schema[name]).ToString());
}
