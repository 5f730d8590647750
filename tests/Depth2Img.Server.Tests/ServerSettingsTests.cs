using Depth2Img.Server.Options;
using Depth2Img.TestSupport;
using Microsoft.Extensions.Logging;

namespace Depth2Img.Server.Tests;

public sealed class ServerSettingsTests : IDisposable
{
    private static readonly Dictionary<string, IReadOnlyList<string>> Nothing = [];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_command_line_goes_before_the_environment_and_that_before_the_file()
    {
        string file = _folder.Write("settings.json", """
            {
              // Other programs' sections are theirs.
              "Logging": { "Nothing": 1 },
              "Depth2Img": { "Host": "10.0.0.1", "Port": 1, "Keep": "3d,1GB", "Keys": ["key-of-the-file", "another-of-it"], "NoAuth": true, "LogFormat": "json", "Limits": { "Steps": 20, "Body": "1.5MB" } },
            }
            """);
        Dictionary<string, string> environment = new() { ["DEPTH2IMG_CONFIG"] = file, ["DEPTH2IMG_PORT"] = "2", ["DEPTH2IMG_KEYS"] = "key-of-the-environment, second-of-it", ["DEPTH2IMG_MAX_STEPS"] = "30" };
        ServerOptions options = ServerSettings.Load(null, environment.GetValueOrDefault, new Dictionary<string, IReadOnlyList<string>> { ["--port"] = ["3"], ["--keep"] = ["12h"], ["--log-level"] = ["information"] });
        Assert.Equal(("10.0.0.1", 3, true), (options.Host, options.Port, options.NoAuthentication));
        Assert.Equal((TimeSpan.FromHours(12), 1L << 30), (options.KeepFor, options.KeepBytes));
        Assert.Equal(["key-of-the-environment", "second-of-it"], options.Keys);
        Assert.Equal((30, 3L << 19), (options.Limits.Steps, options.Limits.BodyBytes));
        Assert.Equal((LogFormat.Json, LogLevel.Information), (options.LogFormat, options.LogLevel));
    }

    [Fact]
    public void No_file_is_read_that_was_not_named()
    {
        string before = Environment.CurrentDirectory;
        _folder.Write("appsettings.json", """{ "Depth2Img": { "Port": 1 } }""");
        try
        {
            Environment.CurrentDirectory = _folder.Path;
            Assert.Equal(new ServerOptions().Port, ServerSettings.Load(null, _ => null, Nothing).Port);
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    [Theory]
    [InlineData("--port", "70000", "--port is '70000'; a whole number from 0 to 65535")]
    [InlineData("--port", "x", "--port is 'x'")]
    [InlineData("--keep", "7", null)]
    [InlineData("--keep", "7d,8d", "--keep is '7d,8d'; a time, a size, or both")]
    [InlineData("--keep", "2 parsecs", "--keep is '2 parsecs'")]
    [InlineData("--max-body", "many", "--max-body is 'many'; a size such as 500MB")]
    [InlineData("--max-body-time", "0", "--max-body-time is '0'")]
    [InlineData("--log-format", "xml", "--log-format is 'xml'; text or json")]
    [InlineData("--log-level", "loud", "--log-level is 'loud'")]
    [InlineData("--precision", "double", "--precision is 'double'; auto or float32")]
    public void A_value_that_cannot_be_is_refused_by_its_option(string option, string value, string? expected)
    {
        Exception? refusal = Record.Exception(() => ServerSettings.Load(null, _ => null, new Dictionary<string, IReadOnlyList<string>> { [option] = [value] }));
        if (expected is null) Assert.Null(refusal);
        else Assert.StartsWith(expected, Assert.IsType<Depth2ImgException>(refusal).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_cannot_be_is_refused_by_its_variable_or_by_its_key_and_file()
    {
        Assert.StartsWith("DEPTH2IMG_PORT is 'x'", Refusal(() => ServerSettings.Load(null, name => name == "DEPTH2IMG_PORT" ? "x" : null, Nothing)), StringComparison.Ordinal);
        foreach ((string json, string expected) in (IEnumerable<(string, string)>)[
            ("""{ "Depth2Img": { "Limits": { "Steps": 0 } } }""", "Depth2Img:Limits:Steps in '{0}' is '0'"),
            ("""{ "Depth2Img": { "Prot": 1 } }""", "'{0}' sets Depth2Img:Prot, which does not exist; there is Host, Port"),
            ("""{ "Depth2Img": { "Port": [1, 2] } }""", "Depth2Img:Port in '{0}' is no single value"),
            ("""{ "Depth2Img": { "Port": null } }""", "Depth2Img:Port in '{0}' is null"),
            ("""{ "Depth2Img": { "Limits": { "Prompt": { "Characters": 1 } } } }""", "Depth2Img:Limits:Prompt in '{0}' is no single value"),
            ("""{ "Port": 1 }""", "'{0}' has no section \"Depth2Img\""),
            ("[]", "'{0}' has no section \"Depth2Img\""),
            ("{", "The settings file '{0}' is no JSON"),
        ])
        {
            string file = _folder.Write("bad.json", json);
            Assert.StartsWith(expected.Replace("{0}", file, StringComparison.Ordinal), Refusal(() => ServerSettings.Load(file, _ => null, Nothing)), StringComparison.Ordinal);
        }
        Assert.StartsWith("The settings file '", Refusal(() => ServerSettings.Load(_folder.File("none.json"), _ => null, Nothing)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--host", "example.com")]
    [InlineData("--host-name", "https://depth.example")]
    [InlineData("--proxy", "nginx")]
    [InlineData("--cors-origin", "*")]
    [InlineData("--cors-origin", "https://app.example/")]
    [InlineData("--cors-origin", "app.example")]
    [InlineData("--path-base", "depth")]
    [InlineData("--key", "short")]
    [InlineData("--key", "with a blank in it")]
    [InlineData("--txt2img-depth", "/no/such/map.png")]
    [InlineData("--max-bodies", "1MB")]
    public void What_no_server_can_run_with_is_refused_by_its_option(string option, string value)
    {
        ServerOptions options = ServerSettings.Load(null, _ => null, new Dictionary<string, IReadOnlyList<string>> { [option] = [value], ["--model"] = ["demo"], ["--data"] = [_folder.Path] });
        Assert.StartsWith(option + " ", Refusal(options.Validate), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_setting_is_in_the_manual_with_its_three_names()
    {
        string manual = File.ReadAllText(Repository.File("docs/server.md"));
        foreach (ServerSetting setting in ServerSettings.All) Assert.Contains($"| `{setting.Option}` | `{setting.Variable}` | `{setting.Key}` |", manual, StringComparison.Ordinal);
    }

    [Fact]
    public void The_manuals_example_of_a_file_is_one()
    {
        string manual = File.ReadAllText(Repository.File("docs/server.md"));
        int from = manual.IndexOf("```json\n{\n  \"Depth2Img\"", StringComparison.Ordinal) + "```json\n".Length;
        string file = _folder.Write("example.json", manual[from..manual.IndexOf("```", from, StringComparison.Ordinal)]);
        ServerOptions options = ServerSettings.Load(file, _ => null, Nothing);
        Assert.NotEmpty(options.Models);
        Assert.NotEqual(new ServerOptions().Limits.Waiting, options.Limits.Waiting);
    }

    private static string Refusal(Action action) => Assert.Throws<Depth2ImgException>(action).Message;
}
