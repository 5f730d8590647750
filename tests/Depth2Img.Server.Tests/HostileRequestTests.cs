using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Depth2Img.Server.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace Depth2Img.Server.Tests;

public sealed class HostileRequestTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async Task InitializeAsync() => _server = await RunningServer.StartAsync(configure: builder => builder.Services.AddSingleton<IJobExecutor>(new StubExecutor()));

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("image", "/api/v1/jobs")]
    [InlineData("depth", "/api/v1/jobs")]
    [InlineData("image", "/api/v1/depth")]
    [InlineData("depth", "/api/v1/depth")]
    public async Task A_picture_bomb_is_refused_from_its_header(string field, string path)
    {
        byte[] bomb = Samples.SmallPicture();
        BinaryPrimitives.WriteInt32BigEndian(bomb.AsSpan(16), 60_000);
        BinaryPrimitives.WriteInt32BigEndian(bomb.AsSpan(20), 60_000);
        uint crc = Crc(bomb.AsSpan(12, 17));
        BinaryPrimitives.WriteUInt32BigEndian(bomb.AsSpan(29), crc);
        Dictionary<string, string> body = new() { ["image"] = Convert.ToBase64String(Samples.SmallPicture()) };
        if (path.EndsWith("jobs", StringComparison.Ordinal)) body["prompt"] = "a red ball";
        body[field] = Convert.ToBase64String(bomb);
        long before = GC.GetTotalAllocatedBytes();
        HttpResponseMessage answer = await _server.Client.PostAsJsonAsync(path, body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("60000", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(GC.GetTotalAllocatedBytes() - before < 200 << 20, "memory was taken for the picture");
    }

    [Theory]
    [InlineData("/api/v1/jobs", "text/plain")]
    [InlineData("/api/v1/jobs", "application/x-www-form-urlencoded")]
    [InlineData("/api/v1/jobs", "image/png")]
    [InlineData("/api/v1/depth", "application/octet-stream")]
    public async Task Another_content_type_is_415(string path, string type)
    {
        using StringContent content = new("{}", Encoding.UTF8, type);
        HttpResponseMessage answer = await _server.Client.PostAsync(path, content);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task No_path_leads_out()
    {
        string id = (string)(await _server.SubmitAsync())["id"]!;
        await _server.DrainAsync();
        string marker = "kept from clients";
        File.WriteAllText(Path.Combine(_server.DataFolder, "marker.txt"), marker);
        foreach (string path in (string[])[
            $"/api/v1/jobs/{id}/files/../../../marker.txt", $"/api/v1/jobs/{id}/files/..%2f..%2f..%2fmarker.txt", $"/api/v1/jobs/{id}/files/%2e%2e%2f%2e%2e%2f%2e%2e%2fmarker.txt",
            $"/api/v1/jobs/{id}/inputs/..%2f..%2f..%2fmarker.txt", $"/api/v1/jobs/{id}/files/..%5c..%5cmarker.txt", $"/api/v1/jobs/..%2f..%2fmarker.txt", "/marker.txt", "/../marker.txt", "/jobs.db", "/api/v1/jobs/%00",
            $"/api/v1/jobs/{id}/files/%2fetc%2fpasswd", $"/api/v1/jobs/{id[..31]}", $"/api/v1/jobs/{id.ToUpperInvariant()}x", "//etc/passwd"])
        {
            string answer = await RawAsync($"GET {path} HTTP/1.1\r\nHost: {_server.Address.Authority}\r\nConnection: close\r\n\r\n");
            Assert.Matches("^HTTP/1.1 (400|404)", answer);
            Assert.DoesNotContain(marker, answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("NONSENSE\r\n\r\n")]
    [InlineData("GET /api/v1/models HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n")]
    [InlineData("POST /api/v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("POST /api/v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    public async Task What_is_no_http_is_400_or_closed(string request)
    {
        string answer = await RawAsync(request, end: true);
        if (answer.Length > 0) Assert.Matches("^HTTP/1.1 (400|408|505)", answer);
        Assert.True((await _server.Client.GetAsync("/health/live")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Without_keys_an_authorization_that_is_empty_or_nonsense_is_passed_over()
    {
        foreach (string value in (string[])["", "Bearer", "Bearer ", "Basic", "Basic !!!", "Bearer undefined", "Digest x"])
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/models");
            request.Headers.TryAddWithoutValidation("Authorization", value);
            Assert.Equal(HttpStatusCode.OK, (await _server.Client.SendAsync(request)).StatusCode);
        }
    }

    [Fact]
    public async Task No_address_in_a_picture_field_is_fetched()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        string address = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/picture.png";
        foreach (string field in (string[])["image", "depth"])
        {
            HttpResponseMessage answer = await _server.Client.PostAsJsonAsync("/api/v1/jobs", new Dictionary<string, string> { ["image"] = Convert.ToBase64String(Samples.SmallPicture()), ["prompt"] = "x", [field] = address });
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Contains("never fetched", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.False(listener.Pending());
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_body_that_only_drips_is_ended()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _server.Address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /api/v1/jobs HTTP/1.1\r\nHost: {_server.Address.Authority}\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"));
        string answer = await ReadAsync(socket, drip: true);
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
    }

    private async Task<string> RawAsync(string request, bool end = false)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _server.Address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        if (end) socket.Shutdown(SocketShutdown.Send);
        return await ReadAsync(socket, drip: false);
    }

    private static async Task<string> ReadAsync(Socket socket, bool drip)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[4096];
        try
        {
            Task<int> receiving = socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None).AsTask();
            while (drip && !receiving.IsCompleted)
            {
                await socket.SendAsync(" "u8.ToArray());
                await Task.WhenAny(receiving, Task.Delay(200));
            }
            for (int count = await receiving; count > 0; count = await socket.ReceiveAsync(buffer)) text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        catch (SocketException)
        {
            // Closed by the server after what was read so far.
        }
        return text.ToString();
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320u & (uint)-(int)(crc & 1));
        }
        return ~crc;
    }
}
