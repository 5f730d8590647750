namespace Depth2Img.Random;

/// <summary>A stream of random numbers; successive calls draw on.</summary>
public interface IRandomSource
{
    /// <summary>Fills with standard normal values. How many are asked for in one call may matter, as it does in torch.</summary>
    void FillNormal(Span<float> destination);
}
