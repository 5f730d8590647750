namespace Depth2Img.Compute.Checkpoints.Pickle;

/// <summary>A Python function or class that a pickle names. Nothing is imported: a name is a text.</summary>
/// <param name="FullName">Module and attribute, joined by a dot: "collections.OrderedDict".</param>
internal sealed record PickleName(string FullName);
