using System.Buffers.Binary;
using System.Text;

namespace Depth2Img.Compute.Checkpoints.Pickle;

/// <summary>
/// The directory of a zip file, with and without the 64-bit records, read to find where entries lie in the file: what
/// torch stores is not compressed and can be used in place. Nothing is unpacked, and entries' names lead nowhere; they
/// are only compared. (PKWARE, APPNOTE 6.3.)
/// </summary>
internal sealed class ZipDirectory
{
    private const uint EndSignature = 0x0605_4b50, End64Signature = 0x0606_4b50, Locator64Signature = 0x0706_4b50;
    private const uint EntrySignature = 0x0201_4b50, LocalSignature = 0x0403_4b50;
    private const int EndLength = 22, Locator64Length = 20, End64Length = 56, EntryLength = 46, LocalLength = 30;
    private const ushort Extra64 = 1;
    private const ushort EncryptedFlag = 1;

    private readonly MappedFile _file;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly long _start;

    private ZipDirectory(MappedFile file, PickleBudget budget)
    {
        _file = file;
        (_start, long end, ulong count) = FindDirectory();
        long position = _start;
        for (ulong i = 0; i < count; i++) position = ReadEntry(position, end, budget);
        if (position != end) throw Damaged("its directory is longer than its entries");
    }

    /// <summary>The names of all entries.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Reads the directory.</summary>
    /// <exception cref="Depth2ImgException">There is none, as in a file that is cut short, or it is damaged.</exception>
    public static ZipDirectory Read(MappedFile file, PickleBudget budget) => new(file, budget);

    /// <summary>Whether there is an entry of this name.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Where an entry's bytes lie in the file.</summary>
    /// <exception cref="Depth2ImgException">It is absent, compressed, encrypted, or leads past its place in the file.</exception>
    public (long Start, long Length) Locate(string name)
    {
        if (!_entries.TryGetValue(name, out Entry entry))
            throw Damaged($"'{SafetensorsHeader.Short(name)}' is not in it");
        if ((entry.Flags & EncryptedFlag) != 0)
            throw new Depth2ImgException($"'{_file.Path}' is refused: '{SafetensorsHeader.Short(name)}' in it is encrypted.");
        if (entry.Method != 0)
            throw new Depth2ImgException($"'{_file.Path}' is refused: '{SafetensorsHeader.Short(name)}' in it is compressed, which torch never does. Unpack the file if it was packed for sending.");
        if (entry.Length != entry.PackedLength) throw Damaged($"'{SafetensorsHeader.Short(name)}' has two lengths");
        if (entry.Offset > (ulong)(_start - LocalLength)) throw Outside(name);
        ReadOnlySpan<byte> local = _file.Span((long)entry.Offset, LocalLength);
        if (UInt32(local, 0) != LocalSignature) throw Damaged($"'{SafetensorsHeader.Short(name)}' is not where the directory says");
        int nameLength = UInt16(local, 26);
        long start = (long)entry.Offset + LocalLength + nameLength + UInt16(local, 28);
        if (start > _start || entry.Length > (ulong)(_start - start)) throw Outside(name);
        if (!_file.Span((long)entry.Offset + LocalLength, nameLength).SequenceEqual(Encoding.UTF8.GetBytes(name)))
            throw Damaged($"'{SafetensorsHeader.Short(name)}' has two names");
        return (start, (long)entry.Length);
    }

    /// <summary>Where the directory begins and ends, and how many entries it has.</summary>
    private (long Start, long End, ulong Count) FindDirectory()
    {
        long end = FindEnd();
        ReadOnlySpan<byte> record = _file.Span(end, EndLength);
        ulong count = UInt16(record, 10), size = UInt32(record, 12), offset = UInt32(record, 16);
        bool onePart = UInt16(record, 4) is 0 or ushort.MaxValue && UInt16(record, 6) is 0 or ushort.MaxValue;
        if (end >= Locator64Length && UInt32(_file.Span(end - Locator64Length, 4), 0) == Locator64Signature)
        {
            ulong place = UInt64(_file.Span(end - Locator64Length, Locator64Length), 8);
            end -= Locator64Length;
            if (end < End64Length || place > (ulong)(end - End64Length)) throw Damaged("its directory is not where it should be");
            end = (long)place;
            record = _file.Span(end, End64Length);
            if (UInt32(record, 0) != End64Signature) throw Damaged("its directory is not where it should be");
            (count, size, offset) = (UInt64(record, 32), UInt64(record, 40), UInt64(record, 48));
            onePart &= UInt32(record, 16) == 0 && UInt32(record, 20) == 0;
        }
        if (!onePart) throw Damaged("it is one part of several");
        if (offset > (ulong)end || size > (ulong)end - offset || count > size / EntryLength)
            throw Damaged("its directory is not where it should be");
        return ((long)offset, (long)(offset + size), count);
    }

    /// <summary>The record at the file's end; a comment of up to 64 KiB may follow it.</summary>
    private long FindEnd()
    {
        if (_file.Length >= EndLength)
        {
            int length = (int)Math.Min(_file.Length, EndLength + ushort.MaxValue);
            ReadOnlySpan<byte> tail = _file.Span(_file.Length - length, length);
            for (int i = length - EndLength; i >= 0; i--)
            {
                if (UInt32(tail, i) == EndSignature && i + EndLength + UInt16(tail, i + 20) == length) return _file.Length - length + i;
            }
        }
        throw new Depth2ImgException($"'{_file.Path}' is cut short: it begins as a torch checkpoint (a zip), and the directory that should end it is missing. Fetch or copy it again.");
    }

    private long ReadEntry(long position, long end, PickleBudget budget)
    {
        if (position > end - EntryLength) throw Damaged("its directory ends early");
        ReadOnlySpan<byte> record = _file.Span(position, EntryLength);
        if (UInt32(record, 0) != EntrySignature) throw Damaged("its directory holds something else than entries");
        int nameLength = UInt16(record, 28), extraLength = UInt16(record, 30), commentLength = UInt16(record, 32);
        long next = position + EntryLength + nameLength + extraLength + commentLength;
        if (next > end) throw Damaged("its directory ends early");
        string name = Encoding.UTF8.GetString(_file.Span(position + EntryLength, nameLength));
        Entry entry = new(UInt16(record, 8), UInt16(record, 10), UInt32(record, 20), UInt32(record, 24), UInt32(record, 42));
        entry = Widen(entry, _file.Span(position + EntryLength + nameLength, extraLength));
        budget.Take(150 + 2L * nameLength);
        if (!_entries.TryAdd(name, entry)) throw Damaged($"the name '{SafetensorsHeader.Short(name)}' stands twice");
        return next;
    }

    /// <summary>Takes the 64-bit numbers of those that did not fit 32, which follow one another in a field of their own.</summary>
    private Entry Widen(Entry entry, ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int length = UInt16(extra, 2);
            if (length > extra.Length - 4) throw Damaged("a field of its directory ends early");
            if (UInt16(extra, 0) == Extra64)
            {
                ReadOnlySpan<byte> numbers = extra.Slice(4, length);
                ulong size = Next(entry.Length, ref numbers);
                ulong packed = Next(entry.PackedLength, ref numbers);
                return entry with { Length = size, PackedLength = packed, Offset = Next(entry.Offset, ref numbers) };
            }
            extra = extra[(4 + length)..];
        }
        return entry;
    }

    private ulong Next(ulong number, ref ReadOnlySpan<byte> wide)
    {
        if (number != uint.MaxValue) return number;
        if (wide.Length < sizeof(ulong)) throw Damaged("a field of its directory ends early");
        number = UInt64(wide, 0);
        wide = wide[sizeof(ulong)..];
        return number;
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ulong UInt64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    private Depth2ImgException Outside(string name) => Damaged($"'{SafetensorsHeader.Short(name)}' leads past the place for entries");

    private Depth2ImgException Damaged(string what) => new($"'{_file.Path}' is a damaged zip: {what}.");

    private readonly record struct Entry(ushort Flags, ushort Method, ulong PackedLength, ulong Length, ulong Offset);
}
