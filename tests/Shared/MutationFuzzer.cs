using System.Buffers.Binary;
using System.Globalization;
using Depth2Img.Compute.Checkpoints;
using Xunit.Abstractions;

namespace Depth2Img.TestSupport;

/// <summary>
/// Feeds a reader with damaged files: whatever the bytes, it reads them or refuses them by a
/// <see cref="Depth2ImgException"/>, in bounded memory. Every run takes another random seed, which it prints;
/// DEPTH2IMG_FUZZ_SEED repeats a run.
/// </summary>
internal static class MutationFuzzer
{
    /// <summary>What a reader may take for one small file.</summary>
    private const long MostBytes = 4 << 20;

    private static readonly long[] Interesting =
        [0, 1, -1, 2, 127, 128, 255, 256, 65_535, 65_536, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, 1L << 62, long.MaxValue, long.MinValue];

    private static readonly string[] Texts =
        ["0", "-1", "1e400", "9223372036854775808", "null", "true", "[]", "{}", "\"\"", "[[[[", "{\"a\":", "\\ud800", "\"\\u0000\"", "../x", "F16", "I64", "\0", "\ud83d\ude00"];

    /// <summary>Runs cases until there are as many as asked for, or one fails.</summary>
    /// <param name="log">Takes the seed and the counts.</param>
    /// <param name="cases">How many files to make.</param>
    /// <param name="sound">Files that can be read, to be damaged.</param>
    /// <param name="read">Reads a file; it must touch all that it gives.</param>
    public static void Run(ITestOutputHelper log, int cases, IReadOnlyList<byte[]> sound, Action<byte[]> read)
    {
        // On a thread of its own: an exception costs by the depth of its stack, and a test's is deep.
        Exception? failure = null;
        Thread thread = new(() => failure = Record.Exception(() => RunHere(log, cases, sound, read)));
        thread.Start();
        thread.Join();
        if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    private static void RunHere(ITestOutputHelper log, int cases, IReadOnlyList<byte[]> sound, Action<byte[]> read)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("DEPTH2IMG_FUZZ_SEED"), NumberStyles.Integer, CultureInfo.InvariantCulture, out int given)
            ? given
            : System.Random.Shared.Next();
        int taken = 0, refused = 0;
        long most = 0;
        for (int i = 0; i < cases; i++)
        {
            System.Random random = new(unchecked(seed + i));
            byte[] file = Damage(sound, random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(file);
                taken++;
            }
            catch (Depth2ImgException e)
            {
                Assert.NotEmpty(e.Message);
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"case {i} of the seed {seed} was answered with {e}; the file: {Convert.ToBase64String(file)}");
            }
            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(most <= MostBytes, $"case {i} of the seed {seed} took {most} bytes; the file: {Convert.ToBase64String(file)}");
        }
        log.WriteLine($"seed {seed}: {cases} files, {taken} read, {refused} refused, at most {most} bytes allocated for one");
        Assert.True(taken > 0 && refused > 0, $"{taken} read, {refused} refused: the damage is not of the right size");
    }

    /// <summary>Looks at every byte of every tensor.</summary>
    public static void ReadAll(IWeightSource weights)
    {
        int sum = 0;
        foreach (string name in weights.Names)
        {
            foreach (byte b in weights[name].Data.Span) sum += b;
        }
        GC.KeepAlive(sum);
    }

    private static byte[] Damage(IReadOnlyList<byte[]> sound, System.Random random)
    {
        List<byte> file = [.. sound[random.Next(sound.Count)]];
        // One change leaves most of a file sound and so gets far into the reader; many reach odd combinations.
        for (int changes = 1 << random.Next(4); changes > 0 && file.Count > 0; changes--) Change(file, sound, random);
        return [.. file];
    }

    private static void Change(List<byte> file, IReadOnlyList<byte[]> sound, System.Random random)
    {
        int place = random.Next(file.Count), length = Math.Min(file.Count - place, 1 + random.Next(16));
        switch (random.Next(10))
        {
            case 0: file[place] ^= (byte)(1 << random.Next(8)); break;
            case 1: file[place] = (byte)random.Next(256); break;
            case 2: file.RemoveRange(place, length); break;
            case 3: file.InsertRange(place, file.GetRange(place, length)); break;
            case 4: Overwrite(file, place, Number(random)); break;
            case 5: file.InsertRange(place, Number(random)); break;
            case 6: Overwrite(file, place, System.Text.Encoding.UTF8.GetBytes(Texts[random.Next(Texts.Length)])); break;
            case 7: file.InsertRange(place, System.Text.Encoding.UTF8.GetBytes(Texts[random.Next(Texts.Length)])); break;
            case 8:
                byte[] other = sound[random.Next(sound.Count)];
                int from = random.Next(other.Length);
                Overwrite(file, place, other.AsSpan(from, Math.Min(other.Length - from, length)));
                break;
            default:
                // Cut short, now and then: such a file is soon refused.
                if (random.Next(4) == 0) file.RemoveRange(place, file.Count - place);
                else file[place] = (byte)(file[place] + (random.Next(2) == 0 ? 1 : -1));
                break;
        }
    }

    private static byte[] Number(System.Random random)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Interesting[random.Next(Interesting.Length)] + random.Next(-1, 2));
        return bytes[..(1 << random.Next(4))];
    }

    private static void Overwrite(List<byte> file, int place, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length && place + i < file.Count; i++) file[place + i] = bytes[i];
    }
}
