namespace Depth2Img.Models.Ldm;

/// <summary>Where a tensor lies in a one-file checkpoint.</summary>
/// <param name="Name">The file's key.</param>
/// <param name="Part">Which part of the rows, from 0, where several tensors were written as one.</param>
/// <param name="Parts">How many equal parts the rows have; 1 for the whole.</param>
/// <param name="IsMatrix">Whether a 1x1 convolution [out, in, 1, 1] of the file is a matrix [out, in].</param>
public readonly record struct LdmKey(string Name, int Part = 0, int Parts = 1, bool IsMatrix = false);
