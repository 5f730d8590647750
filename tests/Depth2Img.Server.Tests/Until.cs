namespace Depth2Img.Server.Tests;

/// <summary>Waits for what must come, however slow the machine is; a test that waits in vain fails by its own name.</summary>
internal static class Until
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    /// <summary>Waits until something holds.</summary>
    public static async Task TrueAsync(Func<Task<bool>> holds, string what)
    {
        DateTime end = DateTime.UtcNow + Longest;
        while (!await holds())
        {
            Assert.True(DateTime.UtcNow < end, $"After {Longest} it still does not hold that {what}.");
            await Task.Delay(20);
        }
    }

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, string)"/>
    public static Task TrueAsync(Func<bool> holds, string what) => TrueAsync(() => Task.FromResult(holds()), what);
}
