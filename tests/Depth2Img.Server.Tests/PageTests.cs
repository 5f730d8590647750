using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Depth2Img.Server.Web;

namespace Depth2Img.Server.Tests;

public sealed partial class PageTests : IAsyncLifetime
{
    /// <summary>The bytes that the page may fetch before the 3-D view is opened.</summary>
    private const int MostBytes = 300_000;

    private RunningServer _server = null!;

    /// <summary>All files of the page but what others made for the 3-D view.</summary>
    private static IEnumerable<KeyValuePair<string, WebFile>> OwnFiles => WebFiles.All.Where(file => !file.Key.Contains("/vendor/", StringComparison.Ordinal));

    public async Task InitializeAsync() => _server = await RunningServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_page_comes_with_a_policy_that_lets_nothing_foreign_and_nothing_inline_in()
    {
        HttpResponseMessage answer = await _server.Client.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        string[] parts = policy.Split("; ");
        foreach (string part in (string[])["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"]) Assert.Contains(part, parts);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        // With "no-referrer" browsers would send the form with a null origin, which the gate refuses.
        Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
    }

    [Fact]
    public async Task Every_file_comes_with_its_type_and_is_not_sent_again_until_it_changes()
    {
        Assert.NotEmpty(WebFiles.All);
        foreach ((string path, WebFile file) in WebFiles.All)
        {
            HttpResponseMessage answer = await _server.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(file.ContentType, answer.Content.Headers.ContentType!.ToString());
            Assert.Equal(file.Content, await answer.Content.ReadAsByteArrayAsync());
            using HttpRequestMessage again = new(HttpMethod.Get, path);
            again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
            HttpResponseMessage unchanged = await _server.Client.SendAsync(again);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
            Assert.Empty(await unchanged.Content.ReadAsByteArrayAsync());
        }
        Assert.Equal(HttpStatusCode.NotFound, (await _server.Client.GetAsync("/assets/js/none.js")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _server.Client.GetAsync("/assets/../index.html")).StatusCode);
    }

    [Fact]
    public async Task Texts_come_compressed_to_those_who_take_it_and_are_the_same()
    {
        using HttpClient browser = new(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = _server.Address };
        foreach ((string path, WebFile file) in WebFiles.All)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, path);
            request.Headers.AcceptEncoding.ParseAdd("br, gzip");
            HttpResponseMessage answer = await browser.SendAsync(request);
            Assert.Contains("Accept-Encoding", answer.Headers.Vary);
            byte[] body = await answer.Content.ReadAsByteArrayAsync();
            if (!file.ContentType.StartsWith("text/", StringComparison.Ordinal))
            {
                Assert.Equal(file.Content, body);
                continue;
            }
            Assert.Equal("gzip", Assert.Single(answer.Content.Headers.ContentEncoding));
            Assert.NotEqual(file.Tag.Tag.Value, answer.Headers.ETag!.Tag);
            using GZipStream gzip = new(new MemoryStream(body), CompressionMode.Decompress);
            using MemoryStream plain = new();
            await gzip.CopyToAsync(plain);
            Assert.Equal(file.Content, plain.ToArray());

            using HttpRequestMessage refused = new(HttpMethod.Get, path);
            refused.Headers.AcceptEncoding.ParseAdd("gzip;q=0");
            Assert.Empty((await browser.SendAsync(refused)).Content.Headers.ContentEncoding);
        }
    }

    [Theory]
    [InlineData("/assets/app.css", "text/css")]
    [InlineData("/assets/js/main.js", "text/javascript")]
    [InlineData("/assets/logo.svg", "image/svg+xml")]
    [InlineData("/assets/samples/pumpkin.jpg", "image/jpeg")]
    public async Task Browsers_are_told_the_right_types(string path, string type) =>
        Assert.Equal(type, (await _server.Client.GetAsync(path)).Content.Headers.ContentType!.MediaType);

    [Fact]
    public async Task The_head_of_the_page_is_its_get_without_a_body()
    {
        using HttpRequestMessage head = new(HttpMethod.Head, "/");
        HttpResponseMessage answer = await _server.Client.SendAsync(head);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Content.Headers.ContentLength > 1000);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task All_own_files_together_stay_small()
    {
        int page = (await _server.Client.GetByteArrayAsync("/")).Length;
        int sent = page + OwnFiles.Sum(file => (file.Value.Compressed ?? file.Value.Content).Length);
        Assert.True(sent < MostBytes, $"The page and its files come as {sent} bytes.");
        // What is fetched before a panel is opened stays below it even where nothing is compressed.
        int first = page + OwnFiles.Where(file => !file.Key.StartsWith("/assets/js/panels/", StringComparison.Ordinal)).Sum(file => file.Value.Content.Length);
        Assert.True(first < MostBytes, $"The first screen has {first} bytes.");
    }

    [Fact]
    public async Task No_own_file_names_another_host()
    {
        string page = await _server.Client.GetStringAsync("/");
        foreach ((string path, string text) in OwnFiles.Where(file => file.Value.ContentType.StartsWith("text/", StringComparison.Ordinal) || file.Key.EndsWith(".svg", StringComparison.Ordinal))
            .Where(file => !file.Key.Contains("LICENSE", StringComparison.Ordinal))
            .Select(file => (file.Key, System.Text.Encoding.UTF8.GetString(file.Value.Content))).Append(("/", page)))
        {
            // The name of SVG's namespace is no address that is fetched.
            string rest = text.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
            Assert.False(ForeignAddress().IsMatch(rest), $"{path} names another host: {ForeignAddress().Match(rest).Value}");
        }
    }

    [Fact]
    public async Task The_page_has_no_inline_script_no_style_attribute_and_no_handler_attribute()
    {
        string page = await _server.Client.GetStringAsync("/");
        Assert.DoesNotMatch(@"<script(?![^>]*\bsrc=)", page);
        Assert.DoesNotMatch(@"<style\b", page);
        Assert.DoesNotMatch(@"<[^>]*\sstyle\s*=", page);
        Assert.DoesNotMatch(@"<[^>]*\son[a-z]+\s*=", page);
        Assert.DoesNotContain("<!--", page.Replace("<!--modules", "<!--", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_file_that_the_page_and_its_scripts_name_is_there()
    {
        string page = await _server.Client.GetStringAsync("/");
        foreach (Match named in Regex.Matches(page, "(?:href|src)=\"(assets/[^\"]+)\"")) Assert.True(WebFiles.All.ContainsKey("/" + named.Groups[1].Value), $"The page names {named.Groups[1].Value}, which is not there.");
        foreach ((string path, WebFile file) in OwnFiles.Where(file => file.Key.EndsWith(".js", StringComparison.Ordinal)))
        {
            foreach (Match import in Regex.Matches(System.Text.Encoding.UTF8.GetString(file.Content), "(?:from|import\\()\\s*[\"'](\\.[^\"']+)[\"']"))
            {
                string target = new Uri(new Uri("http://page" + path), import.Groups[1].Value).AbsolutePath;
                Assert.True(WebFiles.All.ContainsKey(target), $"{path} imports {target}, which is not there.");
            }
        }
    }

    [Fact]
    public async Task Every_element_that_the_scripts_look_for_is_in_the_page()
    {
        string page = await _server.Client.GetStringAsync("/");
        HashSet<string> ids = [.. Regex.Matches(page, " id=\"([^\"]+)\"").Select(match => match.Groups[1].Value)];
        foreach ((string path, WebFile file) in OwnFiles.Where(file => WebFiles.FirstScripts.Contains(file.Key)))
        {
            foreach (Match match in Regex.Matches(System.Text.Encoding.UTF8.GetString(file.Content), @"\$\(""([a-z0-9-]+)""\)"))
                Assert.True(ids.Contains(match.Groups[1].Value), $"{path} looks for #{match.Groups[1].Value}, which the page lacks.");
        }
        Assert.Equal(ids.Count, Regex.Count(page, " id=\"[^\"]+\""));
    }

    [Fact]
    public async Task Under_a_path_the_page_without_its_slash_leads_to_the_page_with_it()
    {
        await using RunningServer server = await RunningServer.StartAsync(options => options.PathBase = "/depth", waitUntilReady: false);
        using HttpClient client = new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = server.Address };
        HttpResponseMessage answer = await client.GetAsync("/depth");
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("/depth/", answer.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/depth/")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/depth/assets/app.css")).StatusCode);
    }

    [Fact]
    public async Task With_keys_the_page_and_its_files_are_open_and_nothing_else_is()
    {
        await using RunningServer server = await RunningServer.StartAsync(options => options.Keys.Add("a-long-key"));
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/assets/app.css")).StatusCode);
        Assert.Contains("the key as the password", await server.Client.GetStringAsync("/"), StringComparison.Ordinal);

        HttpResponseMessage job = await server.Client.GetAsync($"/jobs/{new string('0', 32)}");
        Assert.Equal(HttpStatusCode.Unauthorized, job.StatusCode);
        Assert.Contains(job.Headers.WwwAuthenticate, challenge => challenge.Scheme == "Basic");
        Assert.Contains("the key as the password", await job.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using HttpRequestMessage own = new(HttpMethod.Get, "/api/v1/models");
        own.Headers.Add("X-Requested-With", "depth2img");
        // Told of Basic, the browser would ask for the key before the page can.
        Assert.Equal("Bearer", Assert.Single((await server.Client.SendAsync(own)).Headers.WwwAuthenticate).Scheme);
    }

    [GeneratedRegex(@"(?:https?:)?//(?!page\b)[a-z0-9.-]+\.[a-z]{2,}", RegexOptions.IgnoreCase)]
    private static partial Regex ForeignAddress();
}
