using System.Diagnostics;
using System.Diagnostics.Metrics;
using Depth2Img.Diagnostics;
using Depth2Img.Pipelines;

namespace Depth2Img.Tests.Extensions;

/// <summary>What logs, activities and meters tell of a request, and what they keep to themselves.</summary>
public class PrivacyTests
{
    private const string Secret = "zyxwvut";

    [Fact]
    public async Task Nothing_tells_a_prompt_or_a_picture_unless_it_may()
    {
        string told = await TellAsync(logPrompts: false, Secret + " ball");
        Assert.DoesNotContain(Secret, told, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("completed", told, StringComparison.Ordinal);
        Assert.Contains("refused", told, StringComparison.Ordinal);
        Assert.Contains("Strength", told, StringComparison.Ordinal);
        // No value is an object that could be followed to a picture.
        Assert.DoesNotContain("Byte[]", told, StringComparison.Ordinal);
        Assert.DoesNotContain("Depth2Img.Imaging", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_option_lets_prompts_and_warnings_into_logs_and_activities()
    {
        string told = await TellAsync(logPrompts: true, Secret + " ball");
        Assert.Contains($"depth2img.prompt={Secret} ball", told, StringComparison.Ordinal);
        Assert.Contains($"Its prompt is {Secret} ball", told, StringComparison.Ordinal);
        Assert.Contains("was cut off", told, StringComparison.Ordinal);
    }

    /// <summary>Everything that a completed request with a warning that quotes its prompt, a refused one and a cancelled one tell.</summary>
    private static async Task<string> TellAsync(bool logPrompts, string prompt)
    {
        List<string> told = [];
        using ActivitySource marker = new("test marker");
        using ActivityListener activities = new()
        {
            ShouldListenTo = source => source.Name is Depth2ImgTelemetry.Name or "test marker",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(activities);
        using Activity root = marker.StartActivity("test")!;
        activities.ActivityStopped = activity =>
        {
            if (activity.TraceId != root.TraceId) return;
            lock (told) told.Add($"{activity.OperationName} {activity.Status} {activity.StatusDescription} {string.Join(' ', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))} {string.Join(' ', activity.Events.Select(e => e.Name))}");
        };
        using MeterListener meters = new();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Depth2ImgTelemetry.Name) listener.EnableMeasurementEvents(instrument);
        };
        meters.SetMeasurementEventCallback<long>(Keep);
        meters.SetMeasurementEventCallback<double>(Keep);
        meters.Start();
        void Keep<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        {
            string line = $"{instrument.Name} {value} {string.Join(' ', tags.ToArray())}";
            lock (told) told.Add(line);
        }

        await using TinyApplication application = new(options => options.LogPrompts = logPrompts);
        string longPrompt = prompt + string.Concat(Enumerable.Repeat(" red", 200)) + " " + Secret;
        await application.Generator.GenerateAsync(TinyApplication.Request(longPrompt) with { NegativePrompt = Secret });
        await application.Generator.GenerateAsync(TinyApplication.Request(prompt));
        await Assert.ThrowsAsync<InvalidRequestException>(() => application.Generator.GenerateAsync(TinyApplication.Request(prompt) with { Strength = 2 }));
        using CancellationTokenSource cancel = new();
        Cancelling progress = new(cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => application.Generator.GenerateAsync(TinyApplication.Request(prompt) with { Steps = 50 }, progress, cancel.Token));
        meters.RecordObservableInstruments();
        Assert.True(application.Log.Lines.Count > 5);
        lock (told) return string.Join('\n', told.Append(application.Log.All));
    }

    private sealed class Cancelling(CancellationTokenSource cancel) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value)
        {
            if (value.Step > 0) cancel.Cancel();
        }
    }
}
