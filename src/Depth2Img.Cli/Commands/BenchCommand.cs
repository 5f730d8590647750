using System.CommandLine;
using System.Globalization;
using System.Text;
using Depth2Img.Benchmarking;
using Depth2Img.Benchmarking.Reports;
using Depth2Img.Benchmarking.Tuning;
using Depth2Img.Checkpoints;
using Depth2Img.Compute.Measurement;
using Depth2Img.IO;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img bench</c>: how fast this machine runs kernels and networks, held against its own peak and against ONNX Runtime.</summary>
internal static class BenchCommand
{
    private static readonly int[] DefaultSides = [512, 768, 1024];

    private const string AllModels = "all", FullSizeModel = "sd2-depth", NoModel = "none";

    public static Command Create(TextWriter output, TextWriter error)
    {
        Option<string> model = new("--model", "-m")
        {
            Description = "Whose networks: demo, sd2-depth (full size, its weights made by a formula), all (both), none, or a checkpoint folder.",
            HelpName = "NAME|FOLDER",
            DefaultValueFactory = _ => EmbeddedModels.DemoName,
        };
        model.CompletionSources.Add(EmbeddedModels.DemoName, FullSizeModel, AllModels, NoModel);
        Option<bool> kernels = new("--kernels") { Description = "Measure single kernels too, at the shapes of Stable Diffusion 2." };
        Option<bool> threadScaling = new("--threads-scaling") { Description = "Hold all threads against one: a product, a 3x3 convolution, attention, and the UNet of the demo and at full size." };
        Option<int[]> sizes = Sizes();
        Option<string> filter = new("--filter") { Description = "Only kernels and networks whose names hold this text.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        Option<string?> onnxRuntime = new("--onnxruntime")
        {
            Description = "Hold sd2-depth's networks against ONNX Runtime: its library, or a folder that holds it (scripts/get-onnxruntime.sh).",
            HelpName = "PATH",
        };
        Option<int?> threads = CommonOptions.Whole("--threads", "How many threads; by default all that the process may use.", "N");
        Option<int?> roundCount = CommonOptions.Whole("--rounds", "How many undisturbed rounds make a figure (default 7).", "N");
        Option<double?> limit = CommonOptions.Number("--limit", "No round of a figure begins after so many seconds (default 600).", "SECONDS");
        Option<bool> tune = new("--tune") { Description = "Measure what the tier's kernels may be cut into, and write the table of the repository anew. Takes minutes." };
        Option<string?> tierFile = new("--tier-file") { Description = $"Where --tune writes the table (default {KernelTuner.TableFile}).", HelpName = "FILE.json" };
        Option<string[]> markdown = new("--markdown")
        {
            Description = "Measure nothing: print the tables of reports that --json made, as Markdown.",
            HelpName = "FILE.json...",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string?> summary = new("--summary")
        {
            Description = "With --markdown: do not print tables, but hold the reports against what is aimed at in this Markdown file, between its comments for it.",
            HelpName = "FILE.md",
        };
        Option<bool> json = CommonOptions.Json();
        Command command = new("bench", "Measure how fast this machine runs the kernels and the networks.")
        {
            model, kernels, threadScaling, sizes, filter, onnxRuntime, threads, roundCount, limit, tune, tierFile, markdown, summary, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(summary) is not null && result.GetValue(markdown) is not { Length: > 0 }) result.AddError("--summary needs reports: --markdown FILE.json...");
            if (result.GetValue(threads) is < 1) result.AddError("--threads is below 1.");
            if (result.GetValue(roundCount) is < 1) result.AddError("--rounds is below 1.");
            if (result.GetValue(limit) is double seconds && !(seconds > 0 && seconds <= TimeSpan.MaxValue.TotalSeconds / 2)) result.AddError("--limit is no time.");
        });
        command.SetAction(arguments =>
        {
            if (arguments.GetValue(markdown) is { Length: > 0 } files)
            {
                BenchReport[] reports = [.. files.Select(ReportJson.Read)];
                if (arguments.GetValue(summary) is string document) WriteSummary(reports, document);
                else ReportWriter.WriteMarkdown(reports, output);
                return ExitCodes.Success;
            }
            RoundOptions rounds = Rounds(arguments.GetValue(roundCount), arguments.GetValue(limit));
            if (arguments.GetValue(tune))
            {
                Tune(arguments.GetValue(tierFile) ?? KernelTuner.TableFile, arguments.GetRequiredValue(filter), arguments.GetValue(threads), rounds, output, error);
                return ExitCodes.Success;
            }
            BenchOptions options = new()
            {
                Models = Models(arguments.GetRequiredValue(model)),
                Kernels = arguments.GetValue(kernels),
                ThreadScaling = arguments.GetValue(threadScaling),
                Sides = arguments.GetResult(sizes) is null ? [] : arguments.GetValue(sizes) is { Length: > 0 } sides ? sides : DefaultSides,
                Filter = arguments.GetRequiredValue(filter),
                OnnxRuntime = arguments.GetValue(onnxRuntime),
                Threads = arguments.GetValue(threads),
                Rounds = rounds,
                Command = $"depth2img {string.Join(' ', arguments.Tokens.Select(token => token.Value))}",
            };
            bool isJson = arguments.GetValue(json);
            BenchReport report = BenchRunner.Run(options, name =>
            {
                if (!isJson) error.WriteLine($"measuring {name} ...");
            });
            if (isJson) output.WriteLine(ReportJson.Write(report));
            else ReportWriter.WriteText(report, output);
            return ExitCodes.Success;
        });
        return command;
    }

    private static RoundOptions Rounds(int? count, double? limit)
    {
        RoundOptions usual = new();
        return usual with
        {
            Rounds = count ?? usual.Rounds,
            MaxTries = Math.Max(usual.MaxTries, count ?? 0),
            Limit = limit is double seconds ? TimeSpan.FromSeconds(seconds) : usual.Limit,
        };
    }

    private static void Tune(string file, string filter, int? threads, RoundOptions rounds, TextWriter output, TextWriter error)
    {
        // A table that cannot be written is refused before minutes are spent.
        AtomicFile.RequireWritable(file, overwrite: true);
        string table = new KernelTuner(null, threads, rounds).Run(filter, what => error.WriteLine($"measuring {what} ..."), output);
        AtomicFile.Write(file, stream => stream.Write(Encoding.UTF8.GetBytes(table)), overwrite: true);
        output.WriteLine($"\nwrote {file}; a build takes it in");
    }

    private static void WriteSummary(IEnumerable<BenchReport> reports, string document)
    {
        if (!File.Exists(document)) throw new Depth2ImgException($"There is no file '{document}'; a Markdown file with a place for the summary is expected.");
        string text = SummaryWriter.Section.Replace(File.ReadAllText(document), SummaryWriter.Write(reports), document);
        AtomicFile.Write(document, stream => stream.Write(Encoding.UTF8.GetBytes(text)), overwrite: true);
    }

    private static Option<int[]> Sizes() => new("--sizes")
    {
        Description = "Measure the full-size UNet step and decoder at these sides of a picture, to see how they grow (default 512,768,1024).",
        HelpName = "SIDE,SIDE...",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result =>
        {
            if (result.Tokens.Count == 0) return [];
            List<int> sides = [];
            foreach (string part in result.Tokens[0].Value.Split(','))
            {
                if (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int side) && side is >= 64 and <= 4096 && side % 64 == 0) sides.Add(side);
                else result.AddError($"--sizes has '{part}'; multiples of 64 between 64 and 4096 are expected, with commas between them.");
            }
            return [.. sides];
        },
    };

    private static IReadOnlyList<string> Models(string name) => name switch
    {
        NoModel => [],
        AllModels => [EmbeddedModels.Demo, FullSizeModel],
        FullSizeModel => [FullSizeModel],
        _ => [CommonOptions.ResolveModel(name)],
    };
}
