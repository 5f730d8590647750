namespace Depth2Img.Compute.Cpu.Convolution;

/// <summary>
/// The rows of all pictures as a convolution reads them, counted through the pictures: in memory one after the other, or
/// in a ring where they are normalised as the convolution comes to them, and stay until it has passed.
/// </summary>
/// <param name="data">The first row.</param>
/// <param name="capacity">How many rows there is room for; a later row takes the place of one so many before it.</param>
/// <param name="rowFloats">Floats of a row.</param>
internal readonly unsafe struct InputRows(float* data, int capacity, long rowFloats)
{
    /// <summary>A row.</summary>
    public float* Row(int row) => data + row % capacity * rowFloats;
}
