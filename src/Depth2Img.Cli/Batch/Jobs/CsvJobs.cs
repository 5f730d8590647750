namespace Depth2Img.Cli.Batch.Jobs;

/// <summary>Jobs as comma-separated values: a header line with the settings' names, then a job a line. An empty cell says nothing.</summary>
internal static class CsvJobs
{
    /// <summary>Reads the jobs.</summary>
    /// <param name="file">The file's text.</param>
    /// <param name="name">What to call the file in messages.</param>
    /// <exception cref="Depth2ImgException">There is no header, or it has faults that leave no line readable.</exception>
    public static IReadOnlyList<JobLine> Read(JobText file, string name)
    {
        IReadOnlyList<CsvRecord> records = CsvReader.Read(file.Text, CsvReader.SeparatorOf(file.Text));
        CsvRecord? header = records.FirstOrDefault(record => !IsBlank(record));
        if (header is null) throw new Depth2ImgException($"'{name}' is empty; a header line with the settings' names was expected.");
        string[] columns = Columns(header, name);
        return [.. records.Where(record => record.Line > header.Line && !IsBlank(record)).Select(record => ReadLine(record, columns, file.DamagedLines))];
    }

    private static string[] Columns(CsvRecord header, string name)
    {
        if (header.Fault is not null) throw new Depth2ImgException($"'{name}', header line: {header.Fault}.");
        string[] columns = [.. header.Cells.Select(SettingNames.Normalise)];
        if (columns.Where(column => column.Length > 0).GroupBy(column => column).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new Depth2ImgException($"'{name}' has the column '{twice.Key}' twice.");
        return columns;
    }

    private static JobLine ReadLine(CsvRecord record, string[] columns, IReadOnlySet<int> damaged)
    {
        if (Enumerable.Range(record.Line, record.Lines).Any(damaged.Contains)) return JobLine.Unreadable(record.Line, "it is not UTF-8");
        if (record.Fault is not null) return JobLine.Unreadable(record.Line, record.Fault);
        if (record.Cells.Count != columns.Length)
            return JobLine.Unreadable(record.Line, $"it has {record.Cells.Count} cells, and the header {columns.Length}; a cell with a comma in it is quoted");
        Dictionary<string, IReadOnlyList<string>> settings = [];
        for (int i = 0; i < columns.Length; i++)
        {
            if (record.Cells[i].Length == 0) continue;
            if (columns[i].Length == 0) return JobLine.Unreadable(record.Line, $"column {i + 1} has no name in the header, and '{record.Cells[i]}' is in it");
            settings[columns[i]] = [record.Cells[i]];
        }
        return JobLine.Of(record.Line, settings);
    }

    private static bool IsBlank(CsvRecord record) => record.Fault is null && record.Cells.All(string.IsNullOrWhiteSpace);
}
