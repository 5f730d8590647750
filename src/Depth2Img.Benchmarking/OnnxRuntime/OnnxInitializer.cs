namespace Depth2Img.Benchmarking.OnnxRuntime;

/// <summary>A constant of an ONNX graph: where its values belong.</summary>
/// <param name="Name">The graph's name for it.</param>
/// <param name="Type">The element type's number; 1 is single precision.</param>
/// <param name="Count">How many elements.</param>
/// <param name="Location">The file beside the graph that holds the values, or null if they lie in the graph.</param>
/// <param name="Offset">Where they begin, in that file or in the graph.</param>
/// <param name="Length">How many bytes they are.</param>
internal sealed record OnnxInitializer(string Name, int Type, long Count, string? Location, long Offset, long Length);
