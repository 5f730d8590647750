namespace Depth2Img.Server.Tests.Queue;

/// <summary>Waits for what must come, however slow the machine is.</summary>
internal static class Soon
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    public static Task HoldsAsync(Func<bool> holds, string what) => HoldsAsync(() => Task.FromResult(holds()), what);

    public static async Task HoldsAsync(Func<Task<bool>> holds, string what)
    {
        DateTime end = DateTime.UtcNow + Longest;
        while (!await holds())
        {
            Assert.True(DateTime.UtcNow < end, $"After {Longest} it still does not hold that {what}.");
            await Task.Delay(20);
        }
    }
}
