using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Depth2Img.Cli.Batch.Jobs;
using Depth2Img.Cli.Generation;

namespace Depth2Img.Cli.Batch.Planning;

/// <summary>Makes jobs of lines: fills in defaults and the sweep's values, finds files and models, names outputs.</summary>
/// <param name="schema">The settings that a job has.</param>
/// <param name="defaults">The command line's settings: those of all jobs, where a line has none of its own.</param>
/// <param name="sweep">Settings that win over both.</param>
/// <param name="names">Names outputs.</param>
internal sealed class BatchPlanner(JobSchema schema, IReadOnlyDictionary<string, IReadOnlyList<string>> defaults, Sweep sweep, OutputNames names)
{
    private const string Seed = "seed", Count = "count";

    private static readonly StringComparer FileNameComparer = OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;

    private readonly JobIdentity _identity = new(schema, new FileFingerprints());

    /// <summary>Plans all jobs. What is wrong with one does not touch the others.</summary>
    public BatchPlan Plan(JobList list)
    {
        List<BatchJob> jobs = [];
        List<RefusedJob> refused = [];
        for (int l = 0; l < list.Lines.Count; l++)
        {
            JobLine line = list.Lines[l];
            try
            {
                if (line.Fault is not null) throw new Depth2ImgException(Sentence(line.Fault));
                string image = ImageOf(line, list.Folder);
                Dictionary<string, IReadOnlyList<string>> settings = SettingsOf(line, list.Folder);
                int number = l * sweep.Count;
                foreach (SweepCell cell in sweep.Cells)
                {
                    number++;
                    try
                    {
                        jobs.Add(Plan(line, cell, number, image, settings));
                    }
                    catch (Exception e) when (sweep.Count > 1 && e is not OperationCanceledException)
                    {
                        refused.Add(new RefusedJob(line, cell, Failure.Of(e).Message));
                    }
                }
            }
#pragma warning disable CA1031 // Whatever is wrong with one line, the others go on.
            catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
            {
                refused.Add(new RefusedJob(line, null, Failure.Of(e).Message));
            }
        }
        return Separate(jobs, refused);
    }

    private BatchJob Plan(JobLine line, SweepCell cell, int number, string image, Dictionary<string, IReadOnlyList<string>> ofLine)
    {
        Dictionary<string, IReadOnlyList<string>> settings = new(ofLine);
        foreach (SweepAxis axis in sweep.Axes)
        {
            string value = axis.Values[sweep.IndexOf(axis, cell)];
            if (value.Length > 0) settings[axis.Setting] = [value];
            else settings.Remove(axis.Setting);
        }
        long? seed = settings.ContainsKey(Seed) ? null : _identity.SeedOf(image);
        if (seed is { } derived) settings[Seed] = [derived.ToString(CultureInfo.InvariantCulture)];

        ParseResult arguments = schema.Parse(settings);
        int count = schema.Request.Count(arguments);
        if (count is < 1 or > 64) throw new Depth2ImgException($"Count is {count}; 1 to 64 is expected.");
        (ModelChoice model, string prompt) = schema.Model.Choose(arguments, schema.Request.Prompt(arguments));
        PromptForm form = schema.Request.Form(arguments, schema.Model, model, prompt);
        return new BatchJob
        {
            Line = line,
            Cell = cell,
            Image = image,
            Arguments = arguments,
            Model = model,
            ModelKey = _identity.OfModel(arguments, model),
            Prompt = prompt,
            Form = form,
            Seed = schema.Request.Seed(arguments),
            Files = FilesOf(settings),
            Outputs = names.Of(line, cell, number, image, count, name => ValueOf(arguments, schema[name])),
            Identity = _identity.Of(image, arguments, model, form),
        };
    }

    /// <summary>The full paths of the files that settings name.</summary>
    private string[] FilesOf(Dictionary<string, IReadOnlyList<string>> settings) => [.. settings
        .Where(setting => JobPaths.KindOf(schema[setting.Key]) is JobPaths.Kind.Input or JobPaths.Kind.InputOrName)
        .SelectMany(setting => setting.Value)
        .Select(JobPaths.Split).OfType<(string Path, string)>().Select(found => Path.GetFullPath(found.Path))];

    private static string ImageOf(JobLine line, string? folder)
    {
        if (!line.Settings.TryGetValue(SettingNames.Image, out IReadOnlyList<string>? values) || values is not [{ Length: > 0 } image])
            throw new Depth2ImgException("It names no picture; 'image' with one file is expected.");
        if (image.Contains('\0', StringComparison.Ordinal)) throw new Depth2ImgException("'image' holds a zero character.");
        string path = folder is null ? image : Path.Combine(folder, image);
        if (Directory.Exists(path)) throw new Depth2ImgException($"'{path}' is a folder; a picture was expected.");
        return path;
    }

    private Dictionary<string, IReadOnlyList<string>> SettingsOf(JobLine line, string? folder)
    {
        Dictionary<string, IReadOnlyList<string>> settings = new(defaults);
        foreach ((string name, IReadOnlyList<string> values) in line.Settings)
        {
            if (name is SettingNames.Image or SettingNames.Output) continue;
            Option option = schema[name];
            settings[name] = folder is null ? values : [.. values.Select(value => JobPaths.Resolve(option, value, folder))];
        }
        return settings;
    }

    /// <summary>Jobs that would write one file, or over a picture that is an input, are refused; neither of two is better than the other.</summary>
    private static BatchPlan Separate(List<BatchJob> jobs, List<RefusedJob> refused)
    {
        HashSet<string> inputs = new(jobs.SelectMany(job => (IEnumerable<string>)[Path.GetFullPath(job.Image), .. job.Files]), FileNameComparer);
        Dictionary<string, List<BatchJob>> byOutput = new(FileNameComparer);
        foreach (BatchJob job in jobs)
        {
            foreach (string output in job.Outputs)
            {
                if (!byOutput.TryGetValue(output, out List<BatchJob>? writers)) byOutput[output] = writers = [];
                writers.Add(job);
            }
        }
        List<BatchJob> kept = [];
        foreach (BatchJob job in jobs)
        {
            if (job.Outputs.FirstOrDefault(inputs.Contains) is { } input)
                refused.Add(new RefusedJob(job.Line, job.Cell, $"The output '{input}' is an input of the batch; name another."));
            else if (job.Outputs.FirstOrDefault(output => byOutput[output].Count > 1) is { } shared)
                refused.Add(new RefusedJob(job.Line, job.Cell, $"The output '{Path.GetFileName(shared)}' would be written by {Names(byOutput[shared])}; 'output' or --name tells them apart."));
            else
                kept.Add(job);
        }
        return new BatchPlan(kept, refused);
    }

    private static string Names(List<BatchJob> jobs)
    {
        const int Shown = 4;
        string[] places = [.. jobs.Select(job => job.Line.Where).Distinct()];
        if (places.Length == 1) return $"{jobs.Count} jobs of {places[0]}";
        string shown = string.Join(", ", places.Take(Math.Min(Shown, places.Length - 1)));
        return places.Length - 1 > Shown ? $"{shown} and {places.Length - Shown} more" : $"{shown} and {places[^1]}";
    }

    /// <summary>A setting's value for a name: what was given, else the option's own default.</summary>
    private static string ValueOf(ParseResult arguments, Option option)
    {
        OptionResult? result = arguments.GetResult(option);
        if (option is Option<bool> flag) return arguments.GetValue(flag) ? "true" : "false";
        if (result is { Tokens.Count: > 0 }) return string.Join(',', result.Tokens.Select(token => token.Value));
        return (option is Option<string?> text ? arguments.GetValue(text) : null) ?? "default";
    }

    private static string Sentence(string fault) => $"{char.ToUpperInvariant(fault[0])}{fault[1..].TrimEnd('.')}.";
}
