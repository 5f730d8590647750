using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Depth2Img.Server.Tests.Fuzz;

/// <summary>Makes one odd request after another, each from the seed and its number alone.</summary>
/// <param name="catalog">What there is to ask.</param>
/// <param name="seed">The random numbers' beginning.</param>
/// <param name="jobs">Names of jobs that there are.</param>
internal sealed class FuzzCases(FuzzCatalog catalog, int seed, IReadOnlyList<string> jobs)
{
    private const string Hole = "\"the value goes here\"";

    private readonly (FuzzTarget Target, string Field, string Part, string Value)[] _each =
        [.. catalog.Targets.SelectMany(target => target.Fields.SelectMany(field => PartsOf(target, field).SelectMany(part => OddValues.Json.Select(value => (target, field, part.Name, part.Text.Replace(Hole, value, StringComparison.Ordinal))))))];

    /// <summary>How many cases it takes until every field of every address had every odd value.</summary>
    public int Systematic => _each.Length;

    /// <summary>A case.</summary>
    public FuzzCase Make(int number)
    {
        System.Random random = new(unchecked(seed + number));
        if (number < _each.Length)
        {
            (FuzzTarget target, string field, string part, string value) = _each[number];
            Dictionary<string, string> fields = Sound(target, random, others: random.Next(2));
            fields[field] = value;
            return Json(target, fields, $"{part} = {Short(value)}");
        }
        FuzzTarget chosen = catalog.Targets[random.Next(catalog.Targets.Count)];
        return random.Next(100) switch
        {
            < 30 => Numbers(chosen, random),
            < 50 => Picture(chosen, random),
            < 58 => Base64(chosen, random),
            < 68 => Text(chosen, random),
            < 76 => Form(chosen, random),
            < 84 => Header(chosen, random),
            < 94 => Path(random),
            _ => Unknown(chosen, random),
        };
    }

    /// <summary>A field, and every field within it, each as JSON with a hole for a value.</summary>
    private static IEnumerable<(string Name, string Text)> PartsOf(FuzzTarget target, string field)
    {
        yield return (field, Hole);
        string sound = target.Needed.GetValueOrDefault(field) ?? target.Others[field];
        int count = Holes(JsonNode.Parse(sound), field).Count();
        for (int n = 0; n < count; n++)
        {
            JsonNode copy = JsonNode.Parse(sound)!;
            (string path, JsonObject within, string name) = Holes(copy, field).ElementAt(n);
            within[name] = JsonNode.Parse(Hole);
            yield return (path, copy.ToJsonString());
        }
    }

    private static IEnumerable<(string Path, JsonObject Within, string Name)> Holes(JsonNode? node, string path)
    {
        if (node is JsonArray list) return list.SelectMany((item, n) => Holes(item, $"{path}[{n}]"));
        if (node is not JsonObject fields) return [];
        return fields.ToArray().SelectMany(field => Holes(field.Value, $"{path}.{field.Key}").Prepend(($"{path}.{field.Key}", fields, field.Key)));
    }

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";

    private static Dictionary<string, string> Sound(FuzzTarget target, System.Random random, int others)
    {
        Dictionary<string, string> fields = new(target.Needed);
        string[] names = [.. target.Others.Keys];
        for (int n = 0; n < others && names.Length > 0; n++)
        {
            string name = names[random.Next(names.Length)];
            fields[name] = target.Others[name];
        }
        return fields;
    }

    private static string JsonOf(Dictionary<string, string> fields) => $"{{{string.Join(',', fields.Select(field => $"\"{field.Key}\":{field.Value}"))}}}";

    private static FuzzCase Json(FuzzTarget target, Dictionary<string, string> fields, string what)
    {
        if (target.OnlyForm)
        {
            MultipartFormDataContent form = [];
            foreach ((string name, string value) in fields) AddToForm(form, target, name, value);
            return new FuzzCase($"form {target}: {what}", target, HttpMethod.Post, target.Path, form);
        }
        return new FuzzCase($"{target}: {what}", target, HttpMethod.Post, target.Path, JsonContent(Encoding.UTF8.GetBytes(JsonOf(fields))));
    }

    private static ByteArrayContent JsonContent(byte[] bytes)
    {
        ByteArrayContent content = new(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private static void AddToForm(MultipartFormDataContent form, FuzzTarget target, string name, string value)
    {
        string text = value.Length >= 2 && value[0] == '"' ? value[1..^1] : value;
        if (target.Pictures.Contains(name) && TryBase64(text, out byte[] bytes)) form.Add(new ByteArrayContent(bytes), name, "picture.png");
        else form.Add(new StringContent(text), name);
    }

    private static bool TryBase64(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        bool whole = Convert.TryFromBase64String(text, bytes, out int count);
        bytes = bytes[..count];
        return whole;
    }

    /// <summary>Values that may be right, of several fields at once: these get far.</summary>
    private static FuzzCase Numbers(FuzzTarget target, System.Random random)
    {
        Dictionary<string, string> fields = Sound(target, random, others: 1 + random.Next(6));
        foreach (string name in fields.Keys.Where(name => char.IsAsciiDigit(fields[name][0])).ToArray())
        {
            if (random.Next(2) == 0) fields[name] = (random.Next(4) switch { 0 => random.Next(-2, 20), 1 => random.NextDouble(), 2 => random.NextDouble() * 40 - 10, _ => random.Next() }).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        }
        return Json(target, fields, $"fields {string.Join(", ", fields.Where(f => f.Value.Length < 30).Select(f => $"{f.Key} {f.Value}"))}");
    }

    private FuzzCase Picture(FuzzTarget target, System.Random random)
    {
        if (target.Pictures.Count == 0) return Numbers(target, random);
        string field = target.Pictures[random.Next(target.Pictures.Count)];
        byte[] picture = Damage(catalog.Pictures[random.Next(catalog.Pictures.Count)], random);
        Dictionary<string, string> fields = Sound(target, random, others: 0);
        bool asForm = target.OnlyForm || (target.TakesForm && random.Next(2) == 0);
        if (!asForm)
        {
            fields[field] = Quoted(Convert.ToBase64String(picture), target.Needed.GetValueOrDefault(field));
            return Json(target, fields, $"damaged {field}");
        }
        MultipartFormDataContent form = new() { { new ByteArrayContent(picture), field, "picture.png" } };
        foreach ((string name, string value) in fields.Where(f => f.Key != field)) AddToForm(form, target, name, value);
        return new FuzzCase($"form {target}: damaged {field}", target, HttpMethod.Post, target.Path, form);
    }

    private FuzzCase Base64(FuzzTarget target, System.Random random)
    {
        if (target.Pictures.Count == 0 || target.OnlyForm) return Picture(target, random);
        string field = target.Pictures[random.Next(target.Pictures.Count)];
        StringBuilder text = new(Convert.ToBase64String(catalog.Pictures[random.Next(catalog.Pictures.Count)]));
        switch (random.Next(5))
        {
            case 0: text.Insert(0, "data:image/png;base64,"); break;
            case 1: text.Replace('+', '-').Replace('/', '_'); break;
            case 2: text.Insert(random.Next(text.Length), " "); break;
            case 3: text.Length -= random.Next(4); break;
            default: text[random.Next(text.Length)] = "!*~.,"[random.Next(5)]; break;
        }
        Dictionary<string, string> fields = Sound(target, random, others: 0);
        fields[field] = Quoted(text.ToString(), target.Needed.GetValueOrDefault(field));
        return Json(target, fields, $"base64 of {field}");
    }

    /// <summary>A picture's text where the field takes one, or in a list where it takes that.</summary>
    private static string Quoted(string text, string? sound) => sound is not null && sound.StartsWith('[') ? $"[\"{text}\"]" : $"\"{text}\"";

    private static FuzzCase Text(FuzzTarget target, System.Random random)
    {
        Dictionary<string, string> fields = Sound(target, random, others: 2);
        foreach (string picture in target.Pictures.Where(fields.ContainsKey)) fields[picture] = Quoted("iVBORw0KGgo=", fields[picture]);
        byte[] json = Encoding.UTF8.GetBytes(JsonOf(fields));
        return new FuzzCase($"{target}: damaged JSON", target, HttpMethod.Post, target.Path, JsonContent(Damage(json, random)));
    }

    private static FuzzCase Form(FuzzTarget target, System.Random random)
    {
        if (!target.TakesForm && !target.OnlyForm) return Text(target, random);
        using MultipartFormDataContent form = new("boundary");
        foreach ((string name, string value) in Sound(target, random, others: 2)) AddToForm(form, target, name, value);
        ByteArrayContent content = new(Damage(form.ReadAsByteArrayAsync().GetAwaiter().GetResult(), random));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=\"boundary\"");
        return new FuzzCase($"{target}: damaged form", target, HttpMethod.Post, target.Path, content);
    }

    private FuzzCase Header(FuzzTarget target, System.Random random)
    {
        bool withBody = random.Next(2) == 0;
        FuzzCase made = withBody ? Json(target, Sound(target, random, others: 0), "") : Path(random, sound: true);
        string name = OddValues.HeaderNames[random.Next(OddValues.HeaderNames.Count)], value = OddValues.Headers[random.Next(OddValues.Headers.Count)];
        return made with { What = $"{made.What} {name}: {Short(value)}", Header = (name, value) };
    }

    private FuzzCase Path(System.Random random, bool sound = false)
    {
        (string method, string path) = FuzzCatalog.Others[random.Next(FuzzCatalog.Others.Count)];
        // A job that is removed is not there for others: one that is not.
        string id = method == "DELETE" ? Convert.ToHexStringLower(Bytes(random, 16)) : jobs[random.Next(jobs.Count)];
        string file = random.Next(3) switch { 0 => "result-0.png", 1 => "result-depth.png", _ => "result-7.jpg" };
        path = path.Replace("{id}", id, StringComparison.Ordinal).Replace("{file}", file, StringComparison.Ordinal);
        if (!sound)
        {
            switch (random.Next(4))
            {
                case 0:
                    int place = random.Next(1, path.Length);
                    path = path[..place] + Uri.EscapeDataString(OddValues.Pieces[random.Next(OddValues.Pieces.Count)]) + path[place..];
                    break;
                case 1:
                    path = path.Replace(id, ((string[])["..", "%2e%2e", "0", new string('a', 32), new string('a', 5000), id.ToUpperInvariant(), "%00", "nul"])[random.Next(8)], StringComparison.Ordinal);
                    break;
                default:
                    string name = ((string[])["limit", "before", "metadata", "after", "skip_current_image", "x"])[random.Next(6)];
                    string value = ((string[])["0", "1", "-1", "200", "1e9", "true", "false", "", "picture", "2020-01-01", "2020-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999+14:00", "0001-01-01", "%00", "%ff", "a&limit=2"])[random.Next(16)];
                    path += $"?{name}={value}";
                    break;
            }
        }
        return new FuzzCase($"{method} {Short(path)}", null, new HttpMethod(method), path, null);
    }

    private static FuzzCase Unknown(FuzzTarget target, System.Random random)
    {
        Dictionary<string, string> fields = Sound(target, random, others: 1);
        string name = random.Next(4) switch { 0 => fields.Keys.First().ToUpperInvariant(), 1 => "__proto__", 2 => new string('n', 400), _ => "$type" };
        fields[name] = OddValues.Json[random.Next(OddValues.Json.Count)];
        return Json(target, fields, $"unknown {Short(name)}");
    }

    private static byte[] Bytes(System.Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Damage(byte[] sound, System.Random random)
    {
        List<byte> bytes = [.. sound];
        for (int changes = 1 << random.Next(3); changes > 0 && bytes.Count > 0; changes--)
        {
            int place = random.Next(bytes.Count), length = Math.Min(bytes.Count - place, 1 + random.Next(16));
            switch (random.Next(6))
            {
                case 0: bytes[place] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[place] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(place, length); break;
                case 3: bytes.InsertRange(place, bytes.GetRange(place, length)); break;
                case 4: bytes.InsertRange(place, Encoding.UTF8.GetBytes(OddValues.Pieces[random.Next(OddValues.Pieces.Count)])); break;
                default:
                    if (random.Next(5) == 0) bytes.RemoveRange(place, bytes.Count - place);
                    break;
            }
        }
        return [.. bytes];
    }
}

/// <summary>An odd request.</summary>
/// <param name="What">What is odd about it.</param>
/// <param name="Target">What it is for; null if that takes no body.</param>
/// <param name="Method">The method.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Content">The body; null for none.</param>
internal sealed record FuzzCase(string What, FuzzTarget? Target, HttpMethod Method, string Path, HttpContent? Content)
{
    /// <summary>A header with an odd value; null for none.</summary>
    public (string Name, string Value)? Header { get; init; }

    /// <summary>How its address's family refuses.</summary>
    public ApiShape Shape => Target?.Shape ?? ShapeOf(Uri.UnescapeDataString(new Uri(new Uri("http://127.0.0.1"), Path).AbsolutePath));

    private static ApiShape ShapeOf(string path) => path.Split('/')[1].ToLowerInvariant() switch
    {
        "sdapi" or "controlnet" or "internal" => ApiShape.Sdapi,
        "v1" => ApiShape.OpenAi,
        "jobs" => ApiShape.Page,
        _ => ApiShape.Native,
    };
}
