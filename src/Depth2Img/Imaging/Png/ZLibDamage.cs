namespace Depth2Img.Imaging.Png;

/// <summary>Tells the inflater's two ways of saying that its input is damaged from faults of the program.</summary>
internal static class ZLibDamage
{
    // A preset dictionary, which PNG does not have, is met by an exception that is not public and derives from
    // IOException. The input is in memory, so no other IOException can come.
    public static bool Is(Exception exception) => exception is InvalidDataException or IOException;
}
