using System.Globalization;
using Depth2Img.Cli.Batch.Planning;
using Depth2Img.Imaging;
using Depth2Img.IO;

namespace Depth2Img.Cli.Batch.Running;

/// <summary>
/// Contact sheets of what a batch made: of a sweep one for each line and value of the third axis, with the first axis from left to
/// right and the second from top to bottom; else one of all pictures.
/// </summary>
/// <param name="sweep">The sweep.</param>
/// <param name="thumbnail">The longer side of the pictures in a sheet.</param>
internal sealed class BatchSheets(Sweep sweep, int thumbnail)
{
    /// <summary>Draws the sheets and writes them.</summary>
    /// <param name="outcomes">What became of the jobs.</param>
    /// <param name="path">The sheet's file; several are told apart by picture, line and value.</param>
    /// <param name="folder">Writes them.</param>
    /// <param name="replace">Whether files that the batch did not make may be replaced.</param>
    /// <returns>The sheets' files.</returns>
    public IReadOnlyList<string> Write(IReadOnlyList<JobOutcome> outcomes, string path, BatchFolder folder, bool replace)
    {
        List<(string Path, ContactSheet Sheet)> sheets = sweep.Axes.Any() ? OfSweep(outcomes, path) : [(path, OfAll(outcomes, folder))];
        HashSet<string> made = [.. outcomes.SelectMany(outcome => outcome.Job?.Outputs ?? [])];
        foreach ((string file, ContactSheet sheet) in sheets)
        {
            if (made.Contains(Path.GetFullPath(file))) throw new OutputException($"The sheet '{file}' would replace a picture or another sheet of the batch; --grid or --name takes another name.");
            using MemoryStream contents = new();
            ImageFile.Encode(contents, sheet.Draw(), ImageFile.FormatOf(file));
            folder.WriteElsewhere(file, contents.ToArray(), replace);
            made.Add(Path.GetFullPath(file)); // Two sheets of one name: the second is refused too.
        }
        return [.. sheets.Select(sheet => sheet.Path)];
    }

    private ContactSheet OfAll(IReadOnlyList<JobOutcome> outcomes, BatchFolder folder)
    {
        ContactSheetCell[] cells = [.. outcomes.SelectMany(outcome => outcome.Job is null
            ? [Cell(outcome, null, outcome.Line.Where)]
            : outcome.Job.Outputs.Select(output => Cell(outcome, output, folder.NameOf(output))))];
        int columns = (int)Math.Ceiling(Math.Sqrt(cells.Length));
        return new ContactSheet { Rows = [.. cells.Chunk(Math.Max(1, columns))] };
    }

    private List<(string Path, ContactSheet Sheet)> OfSweep(IReadOnlyList<JobOutcome> outcomes, string path)
    {
        // Lines that are refused as a whole have no combinations to show.
        var lines = outcomes.Where(outcome => outcome.Cell is not null).GroupBy(outcome => outcome.Line, ReferenceEqualityComparer.Instance).ToArray();
        List<(string, ContactSheet)> sheets = [];
        foreach (IGrouping<object?, JobOutcome> line in lines)
        {
            Dictionary<SweepCell, JobOutcome> cells = line.ToDictionary(outcome => outcome.Cell!.Value);
            for (int z = 0; z < (sweep.Z?.Values.Count ?? 1); z++)
            {
                string image = line.Select(outcome => outcome.Job?.Image).FirstOrDefault(i => i is not null) ?? "";
                JobOutcome first = line.First();
                string[] titles = [lines.Length > 1 || sweep.Z is null ? Path.GetFileName(image) : "", first.Line.Number is null ? "" : first.Line.Where, sweep.Z?.Label(z) ?? ""];
                string name = path;
                if (lines.Length > 1) name = Insert(name, first.Line.Number is { } number ? number.ToString(CultureInfo.InvariantCulture) : FileNames.Stem(image));
                if (sweep.Z is not null) name = Insert(name, sweep.Z.Slugs[z]);
                sheets.Add((name, new ContactSheet
                {
                    Title = string.Join(", ", titles.Where(title => title.Length > 0)) is { Length: > 0 } title ? title : null,
                    ColumnLabels = Labels(sweep.X),
                    RowLabels = Labels(sweep.Y),
                    Rows = [.. Enumerable.Range(0, sweep.Y?.Values.Count ?? 1).Select(y => (IReadOnlyList<ContactSheetCell>)
                        [.. Enumerable.Range(0, sweep.X?.Values.Count ?? 1).Select(x => Cell(cells[new SweepCell(x, y, z)]))])],
                }));
            }
        }
        return sheets;
    }

    private ContactSheetCell Cell(JobOutcome outcome) => Cell(outcome, outcome.Job?.Outputs[0], null);

    private ContactSheetCell Cell(JobOutcome outcome, string? output, string? caption) => outcome.State is JobState.Made or JobState.Kept
        ? new ContactSheetCell(ContactSheet.Thumbnail(ImageFile.Load(output!).ToRgb().CompositeOn(255, 255, 255), thumbnail), caption)
        : new ContactSheetCell(null, caption is null ? "failed" : $"{caption} failed");

    private static string[] Labels(SweepAxis? axis) => axis is null ? [] : [.. Enumerable.Range(0, axis.Values.Count).Select(axis.Label)];

    private static string Insert(string path, string part) =>
        Path.Combine(Path.GetDirectoryName(path) ?? "", $"{Path.GetFileNameWithoutExtension(path)}-{part}{Path.GetExtension(path)}");
}
