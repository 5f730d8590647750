namespace Depth2Img.Depth;

/// <summary>A depth map fitted to a picture.</summary>
/// <param name="Map">The map at the picture's size.</param>
/// <param name="Warning">A sentence for the user where part of the map was cut away; null where all of it was used.</param>
public sealed record DepthFit(DepthMap Map, string? Warning);
