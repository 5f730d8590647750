using System.CommandLine;
using Depth2Img.Cli.Output;
using Depth2Img.Hub;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img models pull</c>: fetches a model into Hugging Face's cache. The only command that uses the network.</summary>
internal static class ModelsPullCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        Argument<string> model = new("MODEL") { Description = $"owner/name, owner/name@revision, or a short name: {string.Join(", ", KnownModels.All.Select(m => m.Alias))}." };
        model.CompletionSources.Add(KnownModels.All.Select(m => m.Alias).ToArray());
        Option<string?> revision = new("--revision") { Description = "A branch, a tag or a commit. Default: main.", HelpName = "REVISION" };
        Option<string> precision = CommonOptions.Choice("--precision", "The weights to fetch; fp16 is half as large. Networks that have no such weights come in the others.", "fp32", "fp16", "fp32");
        Option<string[]> files = new("--file") { Description = "Fetch this file of the repository instead of those that the model needs; may be given again.", HelpName = "PATH" };
        Option<bool> force = new("--force", "-f") { Description = "Fetch files again that are there." };
        Option<bool> offline = new("--offline") { Description = "Use no network: say where the model is, or what is missing." };
        Option<bool> json = CommonOptions.Json();

        Command command = new("pull", "Fetch a model into Hugging Face's cache on this machine, where Python finds it too.") { model, revision, precision, files, force, offline, json };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            string name = arguments.GetRequiredValue(model);
            ModelReference reference = KnownModels.Resolve(name);
            if (arguments.GetValue(revision) is { } text)
            {
                reference = reference.At(text);
                name = reference.ToString();
            }
            HubSettings settings = HubSettings.FromEnvironment();
            bool asJson = arguments.GetValue(json);
            if (arguments.GetValue(offline) || settings.Offline)
            {
                string path = ModelLocator.Find(name, settings);
                if (asJson) JsonReport.Write(output, new { model = reference.ToString(), path });
                else output.WriteLine(path);
                return ExitCodes.Success;
            }
            PullRequest request = new()
            {
                Model = reference,
                Precision = arguments.GetValue(precision) == "fp16" ? ModelPrecision.Float16 : ModelPrecision.Float32,
                Files = arguments.GetValue(files) ?? [],
                Force = arguments.GetValue(force),
            };
            try
            {
                ModelDownloader downloader = new(settings);
                PullResult result = await DownloadProgress.RunAsync(error, !asJson, progress => downloader.PullAsync(request, progress, cancellationToken)).ConfigureAwait(false);
                Report(result, request, name, asJson, output, error);
                return ExitCodes.Success;
            }
            catch (OperationCanceledException)
            {
                Messages.Write(error, "error: Cancelled. What came is kept: the same command goes on from there.");
                return ExitCodes.Cancelled;
            }
        });
        return command;
    }

    private static void Report(PullResult result, PullRequest request, string name, bool asJson, TextWriter output, TextWriter error)
    {
        string[] paths = [.. result.Files.Select(file => Path.Combine([result.Path, .. file.Split('/')]))];
        if (asJson)
        {
            JsonReport.Write(output, new { model = result.Model.ToString(), result.Commit, result.Path, files = paths, result.FetchedBytes, warnings = result.Notes });
            return;
        }
        foreach (string note in result.Notes) Messages.Warn(error, note);
        foreach (string path in request.Files.Count > 0 ? paths : [result.Path]) output.WriteLine(path);
        Messages.Write(error, result.FetchedBytes == 0
            ? $"{result.Model} was here already, at commit {result.Commit}."
            : $"{result.Model} at commit {result.Commit}: {Quantities.Bytes(result.FetchedBytes)} fetched.{(request.Files.Count == 0 ? $" Use it with -m {name}." : "")}");
    }
}
