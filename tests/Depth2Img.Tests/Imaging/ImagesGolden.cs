using Depth2Img.Compute.Checkpoints;
using Depth2Img.Imaging;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Imaging;

/// <summary>The reference pictures and planes of tests/Golden/images.safetensors.</summary>
internal static class ImagesGolden
{
    /// <summary>The picture that the others were made of, 150x101.</summary>
    public static Image Input() => Picture("input");

    /// <summary>A stored [H,W,3] picture.</summary>
    public static Image Picture(string name)
    {
        (byte[] bytes, int[] dimensions) = Read(name, tensor => tensor.Data.ToArray());
        return new Image(dimensions[1], dimensions[0], bytes);
    }

    public static byte[] Bytes(string name) => Read(name, tensor => tensor.Data.ToArray()).Values;

    public static float[] Floats(string name) => Read(name, tensor => tensor.ToFloats()).Values;

    /// <summary>Sizes of a stored tensor, outermost first.</summary>
    public static int[] Dimensions(string name) => Read(name, tensor => tensor.Count).Dimensions;

    /// <summary>A stored [1,3,H,W] tensor as [H,W,3].</summary>
    public static float[] ChannelsLast(string name)
    {
        (float[] values, int[] dimensions) = Read(name, tensor => tensor.ToFloats());
        int plane = dimensions[2] * dimensions[3];
        float[] last = new float[values.Length];
        for (int i = 0; i < last.Length; i++) last[i] = values[i % 3 * plane + i / 3];
        return last;
    }

    private static (T Values, int[] Dimensions) Read<T>(string name, Func<WeightTensor, T> read)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Repository.Golden("images.safetensors"));
        WeightTensor tensor = file[name];
        return (read(tensor), tensor.Dimensions.ToArray());
    }
}
