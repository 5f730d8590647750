using System.Net;
using System.Net.Sockets;
using System.Text;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Depth2Img.Server.Tests;

public sealed class BodyBudgetTests
{
    private const int Megabyte = 1 << 20;

    [Fact]
    public async Task Bodies_together_have_a_bound_one_client_has_half_of_it_and_room_comes_back()
    {
        await using RunningServer server = await RunningServer.StartAsync(options =>
        {
            foreach (string key in (string[])["client-a", "client-b", "client-c"]) options.Keys.Add(key);
            options.Limits.BodyBytes = 2 * Megabyte;
            options.Limits.BodiesBytes = 4 * Megabyte;
        }, configure: builder => builder.Services.AddSingleton<IJobExecutor>(new StubExecutor()));
        BodyBudget budget = server.Services.GetRequiredService<BodyBudget>();

        // Half of a body each, and then nothing more: what has arrived is in hand.
        using Socket first = await BeginAsync(server, "client-a", 3 * Megabyte / 2);
        await Until.TrueAsync(() => budget.InHand == 3 * Megabyte / 2, "the first client's half is in hand");
        using HttpResponseMessage ofFirst = await PostAsync(server, "client-a", Megabyte);
        Assert.Equal(HttpStatusCode.TooManyRequests, ofFirst.StatusCode);
        Assert.NotNull(ofFirst.Headers.RetryAfter);

        using Socket second = await BeginAsync(server, "client-b", 3 * Megabyte / 2);
        await Until.TrueAsync(() => budget.InHand == 3 * Megabyte, "the second client's half is in hand");
        using HttpResponseMessage ofThird = await PostAsync(server, "client-c", 3 * Megabyte / 2);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ofThird.StatusCode);
        Assert.NotNull(ofThird.Headers.RetryAfter);
        // Small ones still have room.
        await server.SubmitAsync(key: "client-c");

        first.Close();
        second.Close();
        await Until.TrueAsync(() => budget.InHand == 0, "nothing is in hand any more");
        using HttpResponseMessage again = await PostAsync(server, "client-c", 3 * Megabyte / 2);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode);
    }

    [Fact]
    public async Task A_body_that_does_not_come_in_time_is_refused()
    {
        await using RunningServer server = await RunningServer.StartAsync(options =>
        {
            options.Keys.Add("client-a");
            options.Limits.BodySeconds = 1;
        });
        using Socket slow = await BeginAsync(server, "client-a", 1000);
        Task<string> answering = ReadAsync(slow);
        // As fast as must be, and no faster.
        while (!answering.IsCompleted)
        {
            await Task.WhenAny(answering, Task.Delay(100));
            if (answering.IsCompleted) break;
            try
            {
                await slow.SendAsync("     "u8.ToArray());
            }
            catch (SocketException)
            {
                break; // Closed by the server.
            }
        }
        string answer = await answering;
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("did not arrive in time", answer, StringComparison.Ordinal);
        await Until.TrueAsync(() => server.Services.GetRequiredService<BodyBudget>().InHand == 0, "nothing is in hand any more");
    }

    [Fact]
    public async Task A_body_above_the_limit_is_refused_announced_or_not()
    {
        await using RunningServer server = await RunningServer.StartAsync(options => options.Limits.BodyBytes = Megabyte);
        using HttpResponseMessage announced = await PostAsync(server, null, Megabyte + 1);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, announced.StatusCode);
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/jobs") { Content = Json(new string(' ', Megabyte + 1)) };
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage chunked = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, chunked.StatusCode);
        Assert.Contains("1 MiB", await chunked.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    /// <summary>A request whose body has the form of one and a certain length, and nothing to be done in it.</summary>
    private static async Task<HttpResponseMessage> PostAsync(RunningServer server, string? key, int bytes)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/jobs") { Content = Json("{}".PadRight(bytes)) };
        if (key is not null) request.Headers.Add("X-API-Key", key);
        request.Headers.ExpectContinue = true;
        return await server.Client.SendAsync(request);
    }

    /// <summary>Sends a request's head and a part of its body, and leaves it at that.</summary>
    private static async Task<Socket> BeginAsync(RunningServer server, string key, int bytes)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        string head = $"POST /api/v1/jobs HTTP/1.1\r\nHost: {server.Address.Authority}\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {bytes + 1000}\r\n\r\n";
        byte[] message = [.. Encoding.ASCII.GetBytes(head), .. Enumerable.Repeat((byte)' ', bytes)];
        for (int sent = 0; sent < message.Length;) sent += await socket.SendAsync(message.AsMemory(sent));
        return socket;
    }

    private static async Task<string> ReadAsync(Socket socket)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[4096];
        int count;
        try
        {
            while ((count = await socket.ReceiveAsync(buffer)) > 0)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, count));
                // The answer's end; the connection's may be a while away.
                if (text.ToString().EndsWith("0\r\n\r\n", StringComparison.Ordinal) || text.ToString().EndsWith('}')) break;
            }
        }
        catch (SocketException)
        {
            // Closed by the server.
        }
        return text.ToString();
    }
}
