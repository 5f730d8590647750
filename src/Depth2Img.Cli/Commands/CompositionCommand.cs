using System.CommandLine;
using System.Globalization;
using Depth2Img.Checkpoints;
using Depth2Img.Cli.Output;
using Depth2Img.Compute;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Spectre.Console;

namespace Depth2Img.Cli.Commands;

/// <summary>
/// <c>depth2img composition</c>: how much of a picture's composition survives at strength 1.0. The result's depth is
/// estimated by Tiefenrausch and correlated with the input's, once with the depth map at work and once with it
/// withheld (a flat map); each number is the mean over several seeds.
/// </summary>
internal static class CompositionCommand
{
    private sealed record Row(string Image, string DepthModel, double WithDepth, double Withheld);

    public static Command Create(TextWriter output, TextWriter error)
    {
        Argument<string[]> images = new("IMAGE") { Description = "The pictures: PNG or JPEG.", Arity = ArgumentArity.OneOrMore };
        Option<string> prompt = new("--prompt", "-p") { Description = "The prompt for all of them.", DefaultValueFactory = _ => "a photo", HelpName = "TEXT" };
        Option<int> seeds = new("--seeds") { Description = "How many seeds, from 1 on, to take the mean over.", DefaultValueFactory = _ => 4, HelpName = "N" };
        seeds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 64) result.AddError("--seeds must be from 1 to 64.");
        });
        Option<int?> steps = CommonOptions.Whole("--steps", "Denoising steps. Default: the model's.", "N");
        Option<string> model = CommonOptions.Model();
        Option<string?> depthModel = CommonOptions.DepthModel();
        Option<string?> cpu = CommonOptions.Cpu();
        Option<string> precision = CommonOptions.Precision();
        Option<bool> json = CommonOptions.Json();
        Command command = new("composition", "Measure how much of a picture's composition is kept at strength 1.0, with its depth and without.") { images, prompt, seeds, steps, model, depthModel, precision, cpu, json };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            using IBackend backend = CommonOptions.OpenBackend(arguments, cpu, precision);
            using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(CommonOptions.ResolveModel(arguments.GetRequiredValue(model)), new PipelineOptions { Backend = backend }, cancellationToken).ConfigureAwait(false);
            List<Row> rows = [];
            foreach (string path in arguments.GetRequiredValue(images))
            {
                DepthToImageRequest request = new()
                {
                    Image = ImageFile.Load(path).ToRgb(),
                    Prompt = arguments.GetRequiredValue(prompt),
                    Strength = 1,
                    Steps = arguments.GetValue(steps),
                    DepthModel = arguments.GetValue(depthModel),
                };
                rows.Add(await MeasureAsync(pipeline, Path.GetFileName(path), request, arguments.GetValue(seeds), cancellationToken).ConfigureAwait(false));
                if (!arguments.GetValue(json)) await error.WriteLineAsync($"{rows.Count}: {rows[^1].Image}").ConfigureAwait(false);
            }
            Report(rows, arguments.GetValue(json), output);
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<Row> MeasureAsync(DepthToImagePipeline pipeline, string name, DepthToImageRequest request, int seeds, CancellationToken cancellationToken)
    {
        DepthMap flat = new(request.Image.Width, request.Image.Height, new float[request.Image.Width * request.Image.Height]);
        DepthMap input = await DepthOf(request.Image).ConfigureAwait(false);
        string depthModel = "";
        double with = 0, withheld = 0;
        for (int seed = 1; seed <= seeds; seed++)
        {
            DepthToImageResult result = await pipeline.GenerateAsync(request with { Seed = seed }, null, cancellationToken).ConfigureAwait(false);
            depthModel = result.Settings.DepthModel;
            with += DepthMap.Correlation(input, await DepthOf(result.Images[0]).ConfigureAwait(false));
            result = await pipeline.GenerateAsync(request with { Seed = seed, Depth = flat }, null, cancellationToken).ConfigureAwait(false);
            withheld += DepthMap.Correlation(input, await DepthOf(result.Images[0]).ConfigureAwait(false));
        }
        return new Row(name, depthModel, with / seeds, withheld / seeds);

        Task<DepthMap> DepthOf(Image image) => pipeline.EstimateDepthAsync(image, EmbeddedModels.TiefenrauschName, cancellationToken);
    }

    private static void Report(List<Row> rows, bool json, TextWriter output)
    {
        if (json)
        {
            JsonReport.Write(output, rows);
            return;
        }
        Table table = new Table().Border(TableBorder.Markdown).AddColumn("picture").AddColumn("conditioned by").AddColumn(new TableColumn("with depth").RightAligned()).AddColumn(new TableColumn("withheld").RightAligned());
        foreach (Row row in rows) table.AddRow(new Text(row.Image), new Text(row.DepthModel), new Text(Format(row.WithDepth)), new Text(Format(row.Withheld)));
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }).Write(table);
    }

    private static string Format(double correlation) => correlation.ToString("0.000", CultureInfo.InvariantCulture);
}
