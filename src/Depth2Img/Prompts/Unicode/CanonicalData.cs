using System.Globalization;

namespace Depth2Img.Prompts.Unicode;

/// <summary>
/// The tables that canonical composition needs, read once from the embedded excerpt of the Unicode Character Database.
/// The runtime's own normalisation leaves all but ASCII alone when it runs without ICU, as this program does.
/// </summary>
internal sealed class CanonicalData
{
    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<int, int[]> _decompositions = [];
    private readonly Dictionary<long, int> _compositions = [];
    private readonly HashSet<int> _seconds = [];

    private CanonicalData(TextReader reader)
    {
        while (reader.ReadLine() is string line)
        {
            if (line.StartsWith('#')) continue;
            string[] fields = line.Split(' ');
            if (fields[0] == "class")
            {
                byte value = byte.Parse(fields[3], CultureInfo.InvariantCulture);
                for (int c = Hex(fields[1]); c <= Hex(fields[2]); c++) _classes.Add(c, value);
                continue;
            }
            int composed = Hex(fields[1]);
            int[] parts = Array.ConvertAll(fields[2..], Hex);
            _decompositions.Add(composed, parts);
            if (fields[0] == "pair")
            {
                _compositions.Add(Key(parts[0], parts[1]), composed);
                _seconds.Add(parts[1]);
            }
        }
    }

    public static CanonicalData Instance { get; } = Load();

    /// <summary>The canonical combining class: 0 for a starter.</summary>
    public byte ClassOf(int codePoint) => _classes.GetValueOrDefault(codePoint);

    /// <summary>One step of canonical decomposition, to one or two code points; null when there is none.</summary>
    public int[]? Decompose(int codePoint) => _decompositions.GetValueOrDefault(codePoint);

    /// <summary>The one code point that stands for two.</summary>
    public bool TryCompose(int first, int second, out int composed) => _compositions.TryGetValue(Key(first, second), out composed);

    /// <summary>Whether some pair that composes has this code point second.</summary>
    public bool IsSecondOfPair(int codePoint) => _seconds.Contains(codePoint);

    private static CanonicalData Load()
    {
        using Stream stream = typeof(CanonicalData).Assembly.GetManifestResourceStream("Depth2Img.CanonicalData.txt")
            ?? throw new InvalidOperationException("The assembly lacks its Unicode data.");
        using StreamReader reader = new(stream);
        return new CanonicalData(reader);
    }

    private static long Key(int first, int second) => ((long)first << 32) | (uint)second;

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
