using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Depth2Img.Server.Tests;

/// <summary>What a browser does that runs no scripts.</summary>
public sealed class PlainFormTests : IAsyncLifetime, IDisposable
{
    private RunningServer _server = null!;
    private HttpClient _browser = null!;

    public async Task InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        _browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _server.Address, Timeout = TimeSpan.FromMinutes(5) };
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _browser.Dispose();

    [Fact]
    public async Task A_form_leads_to_a_page_that_looks_again_until_the_picture_is_there()
    {
        // One that keeps the server busy, so that the other is still to be done when its page is first looked at.
        string before = "/" + (await SendAsync(await TokenAsync(), "a ball", ("steps", "150"), ("count", "16"), ("strength", "1"))).Headers.Location!.OriginalString;
        HttpResponseMessage sent = await SendAsync(await TokenAsync(), "a red ball", ("steps", "3"), ("strength", ""), ("seed", "5"));
        Assert.Equal(HttpStatusCode.SeeOther, sent.StatusCode);
        string location = sent.Headers.Location!.OriginalString;
        Assert.Matches("^jobs/[0-9a-f]{32}$", location);

        string page = await _browser.GetStringAsync("/" + location);
        Assert.Contains("http-equiv=\"refresh\"", page, StringComparison.Ordinal);
        Assert.Contains($"action=\"../{location}/cancel\"", page, StringComparison.Ordinal);
        await _browser.DeleteAsync("/api/v1" + before);
        while ((page = await _browser.GetStringAsync("/" + location)).Contains("http-equiv=\"refresh\"", StringComparison.Ordinal)) await Task.Delay(20);
        Assert.Contains("Your picture is done", page, StringComparison.Ordinal);
        Assert.Contains("a red ball", page, StringComparison.Ordinal);
        // Every address of the page leads to something, from the page's own place.
        string[] addresses = [.. Regex.Matches(page, "(?:src|href)=\"([^\"]+)\"").Select(match => match.Groups[1].Value)];
        Assert.Contains(addresses, address => address.EndsWith("result-0.png", StringComparison.Ordinal));
        foreach (string address in addresses)
        {
            HttpResponseMessage found = await _browser.GetAsync(new Uri(new Uri(_server.Address, "/" + location), address));
            Assert.True(found.IsSuccessStatusCode, $"{address} leads to {found.StatusCode}.");
        }
        JsonNode job = (await _browser.GetFromJsonAsync<JsonNode>($"/api/v1/{location}"))!;
        Assert.Equal(5, (long)job["request"]!["seed"]!);
    }

    [Fact]
    public async Task What_a_person_wrote_is_never_markup()
    {
        const string Hostile = "</textarea><script>alert(1)</script> \"'><img src=x onerror=alert(2)> &lt;";
        HttpResponseMessage sent = await SendAsync(await TokenAsync(), Hostile, ("negativePrompt", Hostile), ("steps", "1"));
        string location = "/" + sent.Headers.Location!.OriginalString;
        string page;
        while ((page = await _browser.GetStringAsync(location)).Contains("http-equiv=\"refresh\"", StringComparison.Ordinal)) await Task.Delay(20);
        Assert.Contains(WebUtility.HtmlEncode("<script>alert(1)</script>"), page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img src=x", page, StringComparison.OrdinalIgnoreCase);

        HttpResponseMessage refused = await SendAsync(await TokenAsync(), "a ball", ("model", "<script>alert(3)</script>"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.DoesNotContain("<script", await refused.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("script-src 'self'", Assert.Single(refused.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_of_a_form_are_on_one_page_each_with_its_field()
    {
        HttpResponseMessage refused = await SendAsync(await TokenAsync(), "a ball", ("steps", "many"), ("strength", "1,5"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal("text/html", refused.Content.Headers.ContentType!.MediaType);
        string page = await refused.Content.ReadAsStringAsync();
        Assert.Contains("<strong>steps</strong>", page, StringComparison.Ordinal);
        Assert.Contains("<strong>strength</strong>", page, StringComparison.Ordinal);
        Assert.Contains("href=\"./\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_is_not_this_server_s_own_is_refused_and_does_nothing()
    {
        string token = await TokenAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(null, "a ball")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(new string('0', 32), "a ball")).StatusCode);
        // The number without its cookie, as another browser would send it.
        using HttpClient other = new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _server.Address };
        using MultipartFormDataContent form = Form(token, "a ball");
        Assert.Equal(HttpStatusCode.Forbidden, (await other.PostAsync("/jobs", form)).StatusCode);
        using HttpRequestMessage foreign = new(HttpMethod.Post, "/jobs") { Content = Form(token, "a ball") };
        foreign.Headers.Add("Origin", "https://evil.example");
        Assert.Equal(HttpStatusCode.Forbidden, (await _browser.SendAsync(foreign)).StatusCode);
        Assert.Empty((JsonArray)(await _browser.GetFromJsonAsync<JsonNode>("/api/v1/history"))!["jobs"]!);
    }

    [Fact]
    public async Task The_button_of_a_job_s_page_stops_it()
    {
        string token = await TokenAsync();
        HttpResponseMessage sent = await SendAsync(token, "a ball", ("steps", "150"), ("count", "16"), ("strength", "1"));
        string location = "/" + sent.Headers.Location!.OriginalString;
        using MultipartFormDataContent without = new() { { new StringContent("x"), "token" } };
        Assert.Equal(HttpStatusCode.Forbidden, (await _browser.PostAsync(location + "/cancel", without)).StatusCode);
        using MultipartFormDataContent stop = new() { { new StringContent(token), "token" } };
        HttpResponseMessage stopped = await _browser.PostAsync(location + "/cancel", stop);
        Assert.Equal(HttpStatusCode.SeeOther, stopped.StatusCode);
        Assert.Equal(location, new Uri(new Uri(_server.Address, location + "/cancel"), stopped.Headers.Location!.OriginalString).AbsolutePath);
        string page;
        while ((page = await _browser.GetStringAsync(location)).Contains("http-equiv=\"refresh\"", StringComparison.Ordinal)) await Task.Delay(20);
        Assert.Contains("The job was stopped", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_is_not_there_is_said_so_on_a_page()
    {
        HttpResponseMessage answer = await _browser.GetAsync($"/jobs/{new string('a', 32)}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("href=\"../\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<string> TokenAsync() => Regex.Match(await _browser.GetStringAsync("/"), "name=\"token\" value=\"([0-9a-f]{32})\"").Groups[1].Value;

    private async Task<HttpResponseMessage> SendAsync(string? token, string prompt, params (string Name, string Value)[] fields)
    {
        using MultipartFormDataContent form = Form(token, prompt, fields);
        return await _browser.PostAsync("/jobs", form);
    }

    private static MultipartFormDataContent Form(string? token, string prompt, params (string Name, string Value)[] fields)
    {
        MultipartFormDataContent form = new() { { new ByteArrayContent(Samples.SmallPicture()), "image", "photo.png" }, { new StringContent(prompt), "prompt" } };
        // As browsers send a file field that was left empty.
        ByteArrayContent empty = new([]);
        empty.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "\"depth\"", FileName = "\"\"" };
        form.Add(empty);
        if (token is not null) form.Add(new StringContent(token), "token");
        foreach ((string name, string value) in fields) form.Add(new StringContent(value), name);
        return form;
    }
}
