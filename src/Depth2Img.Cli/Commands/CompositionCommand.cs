using System.CommandLine;
using System.Globalization;
using Depth2Img.Cli.Generation;
using Depth2Img.Cli.Output;
using Depth2Img.Composition;
using Depth2Img.Compute;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;

namespace Depth2Img.Cli.Commands;

/// <summary>
/// <c>depth2img composition</c>: how much of pictures' composition survives, with depth and without, over several seeds: every
/// single score and the means, as Markdown.
/// </summary>
internal static class CompositionCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        Argument<string[]> images = new("IMAGE") { Description = "The pictures.", Arity = ArgumentArity.OneOrMore };
        Option<string> prompt = new("--prompt", "-p") { Description = "The prompt for all of them.", DefaultValueFactory = _ => "a photo", HelpName = "TEXT" };
        Option<int> seeds = new("--seeds") { Description = "How many seeds, from 1 on.", DefaultValueFactory = _ => 8, HelpName = "N" };
        seeds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 64) result.AddError("--seeds must be from 1 to 64.");
        });
        Option<int?> steps = CommonOptions.Whole("--steps", "Denoising steps of the full schedule.", "N");
        Option<string?> depthModel = CommonOptions.DepthModel();
        ComparisonArguments comparison = new(0.2, 1.0);
        ModelArguments models = new();
        Option<bool> json = CommonOptions.Json();
        Command command = new("composition", "Measure how much of pictures' composition is kept, with depth and without, over several seeds.") { images, prompt, seeds, steps, depthModel };
        comparison.AddTo(command);
        models.AddTo(command);
        command.Add(json);
        command.SetAction(async (arguments, cancellationToken) =>
        {
            (string Name, Image Image)[] inputs = [.. arguments.GetRequiredValue(images).Select(path => (Path.GetFileName(path), ImageFile.Load(path).ToRgb()))];
            (ModelChoice model, string text) = models.Choose(arguments, arguments.GetRequiredValue(prompt));
            // Many pictures of one model: the networks stay in memory.
            model = model with { Options = model.Options with { LowMemory = false } };
            ModelChoice? second = comparison.ImageToImage(arguments, model);
            using IBackend backend = models.OpenBackend(arguments);
            using DepthToImagePipeline pipeline = await model.LoadAsync(backend, cancellationToken).ConfigureAwait(false);
            using DepthToImagePipeline? imageToImage = second is null ? null : await second.LoadAsync(backend, cancellationToken).ConfigureAwait(false);
            CompositionComparer comparer = new(pipeline, imageToImage);

            List<CompositionEntry> entries = [];
            foreach ((string name, Image image) in inputs)
            {
                for (int seed = 1; seed <= arguments.GetValue(seeds); seed++)
                {
                    DepthToImageRequest request = new()
                    {
                        Image = image,
                        Prompt = text,
                        Seed = seed,
                        Steps = arguments.GetValue(steps),
                        DepthModel = arguments.GetValue(depthModel),
                        ControlNet = models.ControlNet(arguments),
                        PromptSyntax = models.Syntax(arguments),
                    };
                    CompositionComparison made = await comparer.CompareAsync(comparison.Read(arguments, request), null, cancellationToken).ConfigureAwait(false);
                    entries.AddRange(made.Rows.SelectMany(row => row.Pictures.Select(p => new CompositionEntry(name, seed, row.Method, p.Strength, p.Score.Depth, p.Score.Edges))));
                    if (entries.Count == 2 * made.Strengths.Count)
                        await error.WriteLineAsync($"depth by {made.Settings.DepthModel}, measured by {made.ScoreDepthModel}").ConfigureAwait(false);
                    await error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name}, seed {seed}")).ConfigureAwait(false);
                }
            }
            if (arguments.GetValue(json)) JsonReport.Write(output, entries);
            else new CompositionReport(entries).Write(output);
            return ExitCodes.Success;
        });
        return command;
    }
}
