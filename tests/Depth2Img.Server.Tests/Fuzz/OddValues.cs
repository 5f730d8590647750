namespace Depth2Img.Server.Tests.Fuzz;

/// <summary>Values that no field expects, as JSON text, and texts that no reader expects.</summary>
internal static class OddValues
{
    /// <summary>Values of fields, each of them JSON.</summary>
    public static IReadOnlyList<string> Json { get; } =
    [
        "null", "true", "false", "0", "-0", "-1", "1", "2", "3", "0.5", "1.5", "-0.5", "1e308", "-1e308", "1e-320", "1e400", "-1e400", "2147483647", "2147483648", "-2147483649", "9223372036854775807",
        "9223372036854775808", "123456789012345678901234567890", "20.0", "0.1e1", "\"\"", "\" \"", "\"a\"", "\"0\"", "\"1\"", "\"-1\"", "\"NaN\"", "\"Infinity\"", "\"true\"", "\"null\"", "\"\\u0000\"", "\"\\n\\r\\t\"",
        "\"\\ud83d\\ude00\"", "\"\u202e\u0639\u4e2d\"", "\"../../etc/passwd\"", "\"/etc/passwd\"", "\"C:\\\\x\"", "\"http://127.0.0.1:1/x.png\"", "\"file:///etc/passwd\"", "\"data:image/png;base64,\"", "\"data:,\"",
        "\"<script>alert(1)</script>\"", "\"'; DROP TABLE jobs; --\"", "\"%s%n{0}\"", "\"(a:1e400)\"", "\"((((((((((((((((((((((((\"", "\"<lora:x:1>\"", "\"64x64\"", "\"0x0\"", "\"99999999999x1\"", "\"-8x8\"", "\"iVBORw0KGgo=\"",
        "[]", "[null]", "[0]", "[1,2,3]", "[\"a\"]", "[[[]]]", "[{}]", "{}", "{\"a\":1}", "{\"\":null}", "{\"from\":2,\"to\":-1}", "{\"from\":\"x\"}", "{\"layers\":[]}", "{\"layers\":[1,{},null]}", "{\"near\":{}}",
        $"\"{new string('x', 5000)}\"", $"\"{string.Concat(Enumerable.Repeat("word ", 700))}\"", $"[{string.Join(',', Enumerable.Repeat("0.5", 300))}]", string.Concat(Enumerable.Repeat("[", 30)) + string.Concat(Enumerable.Repeat("]", 30)),
    ];

    /// <summary>Pieces that are put into texts, whatever those are.</summary>
    public static IReadOnlyList<string> Pieces { get; } =
        ["\0", "\"", "\\", "{", "}", "[", "]", ",", ":", "\r\n", "\\ud800", "\ud83d\ude00", "1e999", "null", "--", "/*", "\u007f", "%00", "../", "=", "Content-Type: text/plain\r\n\r\n", "\ufeff"];

    /// <summary>Values of headers, in ASCII.</summary>
    public static IReadOnlyList<string> Headers { get; } =
        ["", " ", "a", "*", "*/*", "0", "-1", "99999999999999999999", "application/json", "application/json; charset=utf-16", "application/json; charset=nonsense", "application/problem+json", "multipart/form-data",
         "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"", "multipart/form-data; boundary=x", "text/html", "gzip", "deflate, br", "chunked", "100-continue", "bytes=0-1", "Basic", "Basic !!!", "Basic Og==", "Bearer x",
         "null", "https://evil.example", "http://127.0.0.1", "depth2img=x", "depth2img=0123456789abcdef0123456789abcdef", "a=b; c=d; e", "\"etag\"", "Thu, 01 Jan 1970 00:00:00 GMT", "../../x", "%00%0d%0a", new string('k', 300)];

    /// <summary>Headers that are sent odd values.</summary>
    public static IReadOnlyList<string> HeaderNames { get; } =
        ["Content-Type", "Idempotency-Key", "Last-Event-ID", "Authorization", "X-API-Key", "Cookie", "Origin", "Referer", "Accept", "Accept-Encoding", "Content-Encoding", "If-None-Match", "If-Modified-Since", "Range", "X-Forwarded-For", "X-Forwarded-Host", "X-HTTP-Method-Override", "Expect", "Prefer", "Host"];
}
