using System.Text;
using System.Text.Json;
using Depth2Img.Cli.Batch.Jobs;
using Depth2Img.TestSupport;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Depth2Img.Cli.Tests.Batch;

public sealed class JobListTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<JobLine> Csv(string text) => JobList.Read(_folder.Write("jobs.csv", text)).Lines;

    private IReadOnlyList<JobLine> JsonLines(string text) => JobList.Read(_folder.Write("jobs.jsonl", text)).Lines;

    [Fact]
    public void A_csv_has_settings_by_its_header_and_empty_cells_say_nothing()
    {
        IReadOnlyList<JobLine> lines = Csv("\uFEFFimage,Prompt,depthModel\r\na.png,\"a ball, red\",\r\n\r\nb.png,,tiefenrausch\r\n");
        Assert.Equal(["line 2", "line 4"], lines.Select(line => line.Where));
        Assert.Equal(["a ball, red"], lines[0].Settings["prompt"]);
        Assert.False(lines[0].Settings.ContainsKey("depth-model"));
        Assert.Equal(["tiefenrausch"], lines[1].Settings["depth-model"]);
    }

    [Fact]
    public void A_csv_of_programs_that_write_semicolons_is_read() =>
        Assert.Equal(["a, b"], Csv("image;prompt\na.png;a, b\n")[0].Settings["prompt"]);

    [Theory]
    [InlineData("a.png", "1 cells, and the header 2")]
    [InlineData("a.png,b,c", "3 cells, and the header 2")]
    [InlineData("\"a.png,b", "not closed")]
    [InlineData("a\"b,c", "does not begin with one")]
    public void A_malformed_csv_line_is_named_and_the_others_are_read(string bad, string fault)
    {
        IReadOnlyList<JobLine> lines = Csv($"image,prompt\n{bad}\nb.png,ball\n");
        Assert.Equal(2, lines[0].Number);
        Assert.Contains(fault, lines[0].Fault, StringComparison.Ordinal);
        Assert.Null(lines[1].Fault);
        Assert.Equal(3, lines[1].Number);
    }

    [Fact]
    public void A_cell_under_no_name_is_refused_where_it_holds_something()
    {
        IReadOnlyList<JobLine> lines = Csv("image,\na.png,\nb.png,stray\n");
        Assert.Null(lines[0].Fault);
        Assert.Contains("'stray'", lines[1].Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "header")]
    [InlineData("image,image\n", "'image' twice")]
    [InlineData("depth-model,depthModel\n", "'depth-model' twice")]
    [InlineData("\"image,prompt\n", "not closed")]
    [InlineData("image,prompt\n", "no jobs")]
    public void A_csv_without_a_usable_header_is_refused(string text, string message) =>
        Assert.Contains(message, Assert.Throws<Depth2ImgException>(() => Csv(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Json_lines_have_texts_numbers_flags_and_arrays()
    {
        JobLine line = Assert.Single(JsonLines("""{"image":"a.png","strength":0.50,"fast":true,"depthModel":null,"lora":["x.safetensors","y.safetensors:0.5"]}""" + "\n\n"));
        Assert.Equal(["0.50"], line.Settings["strength"]);
        Assert.Equal(["true"], line.Settings["fast"]);
        Assert.Equal(["x.safetensors", "y.safetensors:0.5"], line.Settings["lora"]);
        Assert.False(line.Settings.ContainsKey("depth-model"));
    }

    [Theory]
    [InlineData("{", "not valid JSON")]
    [InlineData("{} // comment", "not valid JSON")]
    [InlineData("{\"a\":1,}", "not valid JSON")]
    [InlineData("[1]", "an array")]
    [InlineData("\"a\"", "a text")]
    [InlineData("{\"size\":{\"w\":1}}", "'size' is an object")]
    [InlineData("{\"lora\":[[1]]}", "'lora' is an array")]
    [InlineData("{\"depth-model\":\"a\",\"depthModel\":\"b\"}", "'depth-model' twice")]
    [InlineData("{\"prompt\":\"\\ud800\"}", "not valid Unicode")]
    public void A_malformed_json_line_is_named_and_the_others_are_read(string bad, string fault)
    {
        IReadOnlyList<JobLine> lines = JsonLines($"{{\"image\":\"a.png\"}}\r\n{bad}\r\n{{\"image\":\"c.png\"}}");
        Assert.Equal([1, 2, 3], lines.Select(line => line.Number!.Value));
        Assert.Contains(fault, lines[1].Fault, StringComparison.Ordinal);
        Assert.Null(lines[2].Fault);
    }

    [Fact]
    public void A_line_that_is_not_utf8_is_named_and_the_others_are_read()
    {
        byte[] text = [.. "image,prompt\na.png,caf"u8, 0xE9, .. "\nb.png,café\n"u8];
        IReadOnlyList<JobLine> lines = JobList.Read(_folder.Write("latin.csv", text)).Lines;
        Assert.Contains("not UTF-8", lines[0].Fault, StringComparison.Ordinal);
        Assert.Equal(["café"], lines[1].Settings["prompt"]);
    }

    [Fact]
    public void Utf16_is_refused_with_the_remedy() =>
        Assert.Contains("save it as UTF-8", Assert.Throws<Depth2ImgException>(() => JobList.Read(_folder.Write("u.csv", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("image\na.png")]))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_folder_gives_its_pictures_by_name()
    {
        foreach (string name in (string[])["b.JPG", "a.png", "notes.txt", ".hidden.png", "c.webp"]) _folder.Write(name, "");
        Assert.Equal(["'a.png'", "'b.JPG'", "'c.webp'"], JobList.Read(_folder.Path).Lines.Select(line => line.Where));
    }

    [Property]
    public Property Texts_of_json_lines_are_read_back() => Prop.ForAll(
        Gen.Elements("a", "\"", "\\", "\n", "\r", "\u2028", "\u0085", "ä", "😀", "{", ",", " ").ArrayOf().Select(string.Concat).ArrayOf().ToArbitrary(),
        prompts =>
        {
            string text = string.Concat(prompts.Select(prompt => JsonSerializer.Serialize(new { prompt }, Relaxed) + "\n"));
            IReadOnlyList<JobLine> lines = JsonLinesJobs.Read(JobText.Decode(Encoding.UTF8.GetBytes(text), "jobs"));
            return lines.Select(line => line.Settings["prompt"][0]).SequenceEqual(prompts);
        });

    [Property]
    public Property No_bytes_make_reading_fail_but_with_a_sentence() => Prop.ForAll(
        Gen.Elements((byte)'{', (byte)'}', (byte)'"', (byte)'\\', (byte)'u', (byte)'d', (byte)'8', (byte)'0', (byte)':', (byte)'[', (byte)',', (byte)'\n', (byte)'\r', (byte)0xEF, (byte)0, (byte)0xC3).ArrayOf().ToArbitrary(),
        bytes =>
        {
            try
            {
                JobText text = JobText.Decode(bytes, "jobs");
                JsonLinesJobs.Read(text);
                CsvJobs.Read(text, "jobs");
                return true;
            }
            catch (Depth2ImgException)
            {
                return true;
            }
        });

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
