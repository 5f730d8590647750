namespace Depth2Img.Pipelines;

/// <summary>A request with the settings of its style where it has none itself.</summary>
internal static class StyledRequest
{
    /// <summary>Fills a request in; its prompts stay as they are.</summary>
    public static DepthToImageRequest FillIn(DepthToImageRequest request) => request.Style is { } style && request.StyleStrength != 0
        ? request with
        {
            Strength = request.Strength ?? style.Strength,
            Guidance = request.Guidance ?? style.Guidance,
            Steps = request.Steps ?? style.Steps,
            Scheduler = request.Scheduler ?? style.Scheduler,
        }
        : request;
}
