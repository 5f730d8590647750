namespace Depth2Img.Adapters;

/// <summary>The parts that adapters' files keep for a module, by what they are in the sum.</summary>
internal enum AdapterFactor
{
    Alpha,
    Down,
    Up,
    Mid,
    HadaW1A,
    HadaW1B,
    HadaW2A,
    HadaW2B,
    HadaT1,
    HadaT2,
    LokrW1,
    LokrW1A,
    LokrW1B,
    LokrW2,
    LokrW2A,
    LokrW2B,
    LokrT2,
}
