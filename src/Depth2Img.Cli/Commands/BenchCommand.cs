using System.CommandLine;
using Depth2Img.Benchmarking;
using Depth2Img.Benchmarking.Reports;
using Depth2Img.Checkpoints;
using Depth2Img.Compute.Measurement;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img bench</c>: how fast this machine runs kernels and networks, held against its own peak and against ONNX Runtime.</summary>
internal static class BenchCommand
{
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
        Option<string> filter = new("--filter") { Description = "Only kernels and networks whose names hold this text.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        Option<string?> onnxRuntime = new("--onnxruntime")
        {
            Description = "Hold sd2-depth's networks against ONNX Runtime: its library, or a folder that holds it (scripts/get-onnxruntime.sh).",
            HelpName = "PATH",
        };
        Option<int?> threads = CommonOptions.Whole("--threads", "How many threads; by default all that the process may use.", "N");
        Option<int?> rounds = CommonOptions.Whole("--rounds", "How many undisturbed rounds make a figure (default 7).", "N");
        Option<double?> limit = CommonOptions.Number("--limit", "No round of a figure begins after so many seconds (default 600).", "SECONDS");
        Option<string?> markdown = new("--markdown") { Description = "Measure nothing: print the tables of a report that --json made, as Markdown.", HelpName = "FILE.json" };
        Option<bool> json = CommonOptions.Json();
        Command command = new("bench", "Measure how fast this machine runs the kernels and the networks.")
        {
            model, kernels, filter, onnxRuntime, threads, rounds, limit, markdown, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(threads) is < 1) result.AddError("--threads is below 1.");
            if (result.GetValue(rounds) is < 1) result.AddError("--rounds is below 1.");
            if (result.GetValue(limit) is double seconds && !(seconds > 0 && seconds <= TimeSpan.MaxValue.TotalSeconds / 2)) result.AddError("--limit is no time.");
        });
        command.SetAction(arguments =>
        {
            if (arguments.GetValue(markdown) is string file)
            {
                ReportWriter.WriteMarkdown(ReportJson.Read(file), output);
                return ExitCodes.Success;
            }
            RoundOptions protocol = new();
            BenchOptions options = new()
            {
                Models = Models(arguments.GetRequiredValue(model)),
                Kernels = arguments.GetValue(kernels),
                Filter = arguments.GetRequiredValue(filter),
                OnnxRuntime = arguments.GetValue(onnxRuntime),
                Threads = arguments.GetValue(threads),
                Rounds = protocol with
                {
                    Rounds = arguments.GetValue(rounds) ?? protocol.Rounds,
                    MaxTries = Math.Max(protocol.MaxTries, arguments.GetValue(rounds) ?? 0),
                    Limit = arguments.GetValue(limit) is double seconds ? TimeSpan.FromSeconds(seconds) : protocol.Limit,
                },
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

    private static IReadOnlyList<string> Models(string name) => name switch
    {
        NoModel => [],
        AllModels => [EmbeddedModels.Demo, FullSizeModel],
        FullSizeModel => [FullSizeModel],
        _ => [CommonOptions.ResolveModel(name)],
    };
}
