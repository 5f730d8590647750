using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Microsoft.AspNetCore.Http;

namespace Depth2Img.Server.Web;

/// <summary>
/// The pages that need no script: a form, a job that is looked at again and again until it is done, and what went wrong.
/// Addresses are relative, as behind a proxy the server need not know what they begin with.
/// </summary>
internal static class PlainPages
{
    private const int LookAgainAfterSeconds = 3;

    /// <summary>Whether an address is one of these pages, whose refusals are pages too.</summary>
    public static bool Has(PathString path) => path.StartsWithSegments("/jobs", StringComparison.Ordinal);

    /// <summary>What leads from a request's address to the page's folder: "" from /jobs, "../" from /jobs/1.</summary>
    public static string RootFrom(HttpRequest request)
    {
        int deeper = (request.Path.Value ?? "/").Count(c => c == '/') - 1;
        return string.Concat(Enumerable.Repeat("../", Math.Max(0, deeper)));
    }

    /// <summary>The form that takes the page's place where no scripts run.</summary>
    /// <param name="token">The browser's number.</param>
    /// <param name="models">The models to choose from.</param>
    /// <param name="asksForKey">Whether the browser will ask for a key.</param>
    public static string Form(string token, ModelPool models, bool asksForKey)
    {
        StringBuilder html = new();
        html.Append("<div class=\"plain-page\">\n");
        html.Append("<h1>Keep the shapes. Change everything else.</h1>\n");
        html.Append("<p>Send a photo and say what it should become. Its depth map is found by the program, and the new picture follows it: things stay where they are.</p>\n");
        html.Append("<p class=\"hint\">Scripts are off in this browser. This form makes pictures all the same; with scripts you would also see and change the depth map before.</p>\n");
        if (asksForKey) html.Append("<p class=\"notice wait\">This server asks for a key. When your browser asks for a name and a password, give any name, and the key as the password.</p>\n");
        html.Append("<form method=\"post\" action=\"jobs\" enctype=\"multipart/form-data\">\n");
        html.Append(CultureInfo.InvariantCulture, $"<input type=\"hidden\" name=\"{FormToken.FieldName}\" value=\"{Encode(token)}\">\n");
        html.Append("<p><label class=\"label\" for=\"plain-image\">Photo (PNG or JPEG)</label><input type=\"file\" id=\"plain-image\" name=\"image\" accept=\"image/png,image/jpeg\" required></p>\n");
        html.Append("<p><label class=\"label\" for=\"plain-prompt\">What should it become?</label><textarea id=\"plain-prompt\" name=\"prompt\" rows=\"3\" maxlength=\"4000\"></textarea></p>\n");
        if (models.DefaultsOf(models.Names[0]).Vocabulary is { Count: > 0 } words)
        {
            html.Append(CultureInfo.InvariantCulture, $"<details class=\"plain\"><summary>The words that this model knows</summary><p>{Encode(string.Join(", ", words))}</p></details>\n");
        }
        html.Append("<details class=\"plain\"><summary>More</summary>\n");
        html.Append("<p><label class=\"label\" for=\"plain-negative\">What to keep away from</label><textarea id=\"plain-negative\" name=\"negativePrompt\" rows=\"2\" maxlength=\"4000\"></textarea></p>\n");
        html.Append("<p><label class=\"label\" for=\"plain-depth\">A depth map of your own (white is near)</label><input type=\"file\" id=\"plain-depth\" name=\"depth\" accept=\"image/png,image/jpeg,.npy,.pfm\"></p>\n");
        if (models.Names.Count > 1)
        {
            html.Append("<p><label class=\"label\" for=\"plain-model\">Model</label><select id=\"plain-model\" name=\"model\">");
            foreach (string name in models.Names) html.Append(CultureInfo.InvariantCulture, $"<option value=\"{Encode(name)}\">{Encode(models.DefaultsOf(name).Name ?? name)}</option>");
            html.Append("</select></p>\n");
        }
        html.Append("<p><label class=\"label\" for=\"plain-strength\">How much changes, from 0 to 1 (empty: as the model likes it)</label><input type=\"number\" id=\"plain-strength\" name=\"strength\" min=\"0\" max=\"1\" step=\"0.01\"></p>\n");
        html.Append("<p><label class=\"label\" for=\"plain-steps\">Steps (empty: as the model likes it)</label><input type=\"number\" id=\"plain-steps\" name=\"steps\" min=\"1\" step=\"1\"></p>\n");
        html.Append("<p><label class=\"label\" for=\"plain-seed\">Seed (empty: a new one)</label><input type=\"number\" id=\"plain-seed\" name=\"seed\" min=\"0\" step=\"1\"></p>\n");
        html.Append("</details>\n<p><button class=\"primary big\">Generate</button></p>\n</form>\n</div>\n");
        return html.ToString();
    }

    /// <summary>A job's page.</summary>
    /// <param name="job">The job.</param>
    /// <param name="position">Its place in the queue; null if it does not wait.</param>
    /// <param name="progress">How far it is; null if it does not run.</param>
    /// <param name="token">The browser's number, for the button that stops it.</param>
    /// <param name="root">What leads to the page's folder.</param>
    public static string Job(JobRecord job, int? position, JobProgress? progress, string token, string root)
    {
        GenerationParameters parameters = ServerJson.Read<GenerationParameters>(job.Parameters);
        JobResult? result = job.Result is null ? null : ServerJson.Read<JobResult>(job.Result);
        string title = job.State switch
        {
            JobState.Queued => "Your picture waits for its turn",
            JobState.Running => "Your picture is being made",
            JobState.Done => "Your picture is done",
            JobState.Failed => "No picture was made",
            _ => "The job was stopped",
        };
        StringBuilder body = new();
        body.Append(CultureInfo.InvariantCulture, $"<h1>{title}</h1>\n");
        string files = $"{root}api/v1/jobs/{job.Id}";
        switch (job.State)
        {
            case JobState.Queued:
                body.Append(CultureInfo.InvariantCulture, $"<p>{(position is > 1 ? FormattableString.Invariant($"{position - 1} before you.") : "It is the next.")}</p>\n");
                break;
            case JobState.Running when progress is { Steps: > 0 }:
                body.Append(CultureInfo.InvariantCulture, $"<p>Step {progress.Step} of {progress.Steps}{(progress.SecondsLeft is { } left ? FormattableString.Invariant($", about {Math.Ceiling(left)} s left") : "")}.</p>\n");
                body.Append(CultureInfo.InvariantCulture, $"<progress max=\"{progress.Steps}\" value=\"{progress.Step}\" aria-label=\"Progress\"></progress>\n");
                break;
            case JobState.Running:
                body.Append("<p>It has just begun.</p>\n");
                break;
            case JobState.Failed:
                body.Append(CultureInfo.InvariantCulture, $"<p class=\"notice bad\">{Encode(job.Error ?? "The reason is not known.")}</p>\n");
                break;
        }
        if (!job.IsFinished)
        {
            body.Append("<p class=\"hint\">This page looks again by itself every few seconds. You may also close it and come back to its address.</p>\n");
            body.Append(CultureInfo.InvariantCulture, $"<p class=\"row\"><a class=\"button\" href=\"{root}jobs/{job.Id}\">Look again</a></p>\n");
            body.Append(CultureInfo.InvariantCulture, $"<form method=\"post\" action=\"{root}jobs/{job.Id}/cancel\" enctype=\"multipart/form-data\"><input type=\"hidden\" name=\"{FormToken.FieldName}\" value=\"{Encode(token)}\"><p><button class=\"danger\">Stop</button></p></form>\n");
        }
        AppendPictures(body, result, parameters, files);
        body.Append("<dl>\n");
        AppendFact(body, "Words", parameters.Prompt);
        AppendFact(body, "Kept away from", parameters.NegativePrompt);
        AppendFact(body, "Seed", parameters.Seed.ToString(CultureInfo.InvariantCulture));
        if (result is not null)
        {
            AppendFact(body, "Strength", result.Settings.Strength.ToString(CultureInfo.InvariantCulture));
            AppendFact(body, "Steps", FormattableString.Invariant($"{result.Settings.Evaluations} of {result.Settings.Steps}"));
            AppendFact(body, "Depth", result.Settings.DepthModel);
            AppendFact(body, "Seconds", result.Seconds.ToString("0.#", CultureInfo.InvariantCulture));
        }
        body.Append("</dl>\n");
        string another = root.Length == 0 ? "./" : root;
        body.Append(CultureInfo.InvariantCulture, $"<p class=\"row\"><a class=\"button\" href=\"{another}\">Make another</a></p>\n");
        return Page(title, body.ToString(), root, refresh: !job.IsFinished);
    }

    /// <summary>The page of what went wrong.</summary>
    /// <param name="problem">What.</param>
    /// <param name="traceId">What the server's log calls the request.</param>
    /// <param name="root">What leads to the page's folder.</param>
    public static string Refusal(Problem problem, string traceId, string root)
    {
        StringBuilder body = new();
        body.Append(CultureInfo.InvariantCulture, $"<h1>{Encode(problem.Title)}</h1>\n");
        if (problem.Errors is { Count: > 0 } errors)
        {
            body.Append("<ul>\n");
            foreach ((string field, IReadOnlyList<string> messages) in errors)
                body.Append(CultureInfo.InvariantCulture, $"<li class=\"notice bad\"><p><strong>{Encode(field)}</strong>: {Encode(string.Join(' ', messages))}</p></li>\n");
            body.Append("</ul>\n");
        }
        else body.Append(CultureInfo.InvariantCulture, $"<p class=\"notice bad\">{Encode(problem.Detail)}</p>\n");
        if (problem.Status == StatusCodes.Status401Unauthorized)
            body.Append("<p>When your browser asks for a name and a password, give any name, and the key as the password.</p>\n");
        if (problem.RetryAfter is { } wait)
            body.Append(CultureInfo.InvariantCulture, $"<p>Try again in {Math.Ceiling(wait.TotalSeconds)} seconds. If you reload this page, your form is sent again.</p>\n");
        string back = root.Length == 0 ? "./" : root;
        body.Append(CultureInfo.InvariantCulture, $"<p class=\"row\"><a class=\"button\" href=\"{back}\">To the first page</a></p>\n<p class=\"hint\">Request {Encode(traceId)}</p>\n");
        return Page(problem.Title, body.ToString(), root, refresh: false);
    }

    private static void AppendPictures(StringBuilder html, JobResult? result, GenerationParameters parameters, string files)
    {
        if (result is null) return;
        html.Append("<div class=\"pictures\">\n");
        for (int n = 0; n < result.Images.Count; n++)
        {
            ResultFile image = result.Images[n];
            string url = $"{files}/files/{image.Name}", alternative = Encode(parameters.Prompt.Length > 0 ? $"Result: {parameters.Prompt}" : "Result");
            html.Append(CultureInfo.InvariantCulture, $"<figure><img src=\"{url}\" width=\"{image.Width}\" height=\"{image.Height}\" alt=\"{alternative}\">");
            html.Append(CultureInfo.InvariantCulture, $"<figcaption><a class=\"button primary\" href=\"{url}\" download=\"depth2img-{n}{Path.GetExtension(image.Name)}\">Download</a>");
            if (parameters.Metadata) html.Append(CultureInfo.InvariantCulture, $" <a class=\"button\" href=\"{url}?metadata=false\" download=\"depth2img-{n}{Path.GetExtension(image.Name)}\">Without settings</a>");
            html.Append("</figcaption></figure>\n");
        }
        html.Append(CultureInfo.InvariantCulture, $"<figure><img src=\"{files}/files/{result.Depth.Name}\" width=\"{result.Depth.Width}\" height=\"{result.Depth.Height}\" alt=\"The depth map that it followed.\"><figcaption>Its depth map: white is near. <a href=\"{files}/files/{result.Depth.Name}\" download=\"depth.png\">Download</a></figcaption></figure>\n");
        html.Append(CultureInfo.InvariantCulture, $"<figure><img src=\"{files}/inputs/{GenerationInputs.ImageName}\" alt=\"The picture that it was made from.\"><figcaption>Your picture</figcaption></figure>\n");
        html.Append("</div>\n");
        foreach (string warning in result.Warnings) html.Append(CultureInfo.InvariantCulture, $"<p class=\"notice wait\">{Encode(warning)}</p>\n");
    }

    private static void AppendFact(StringBuilder html, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) html.Append(CultureInfo.InvariantCulture, $"<dt>{name}</dt><dd>{Encode(value)}</dd>\n");
    }

    private static string Page(string title, string body, string root, bool refresh) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        {(refresh ? FormattableString.Invariant($"<meta http-equiv=\"refresh\" content=\"{LookAgainAfterSeconds}\">") : "")}
        <title>{Encode(title)} – Depth2Img</title>
        <link rel="icon" href="{root}assets/logo.svg" type="image/svg+xml">
        <link rel="stylesheet" href="{root}assets/app.css">
        </head>
        <body>
        <header class="bar"><p class="brand"><img src="{root}assets/logo.svg" width="32" height="32" alt=""> Depth2Img</p></header>
        <main class="plain-page">
        {body}</main>
        </body>
        </html>

        """;

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
