using System.Numerics;
using System.Runtime.InteropServices;

namespace Depth2Img.Compute.Checkpoints.Pickle;

/// <summary>A tensor in a torch file: a view of a storage by offset, sizes and strides, all counted in elements.</summary>
internal sealed class TorchTensor
{
    private const int MaxRank = 16;

    private readonly long[] _strides;
    private readonly long _offset;

    private TorchTensor(TorchStorage storage, long offset, int[] dimensions, long[] strides, long count)
    {
        Storage = storage;
        Dimensions = dimensions;
        _strides = strides;
        _offset = offset;
        Count = (int)count;
    }

    public TorchStorage Storage { get; }

    /// <summary>The sizes, outermost first.</summary>
    public int[] Dimensions { get; }

    /// <summary>How many elements there are.</summary>
    public int Count { get; }

    /// <summary>How many bytes they take, lying one after the other: up to 2 GiB.</summary>
    public int Bytes => Count * Storage.Type.SizeInBytes();

    /// <summary>Whether the elements lie one after the other in the storage, row-major.</summary>
    public bool IsContiguous
    {
        get
        {
            long expected = 1;
            for (int i = Dimensions.Length - 1; i >= 0; i--)
            {
                if (Dimensions[i] != 1 && _strides[i] != expected) return Count == 0;
                expected *= Dimensions[i];
            }
            return true;
        }
    }

    /// <summary>Where in the storage the first element lies, in bytes.</summary>
    public long ByteOffset => Count == 0 ? 0 : _offset * Storage.Type.SizeInBytes();

    /// <summary>How many bytes of the storage lie between the first element and the end of the last one.</summary>
    public long Reach
    {
        get
        {
            if (Count == 0) return 0;
            long last = 0;
            for (int i = 0; i < Dimensions.Length; i++) last += (Dimensions[i] - 1) * _strides[i];
            return (last + 1) * Storage.Type.SizeInBytes();
        }
    }

    /// <summary>Makes a tensor from the arguments of torch's _rebuild_tensor_v2.</summary>
    /// <exception cref="Depth2ImgException">They are of the wrong kind, negative, of different lengths, too large, or lead past the storage's end.</exception>
    public static TorchTensor Create(object? storage, object? offset, object? size, object? stride, string file)
    {
        if (storage is not TorchStorage { } elements || offset is not long start)
            throw PickleSource.Damaged(file, "a tensor has arguments of the wrong kind");
        long[] sizes = Numbers(size, file), strides = Numbers(stride, file);
        if (sizes.Length != strides.Length)
            throw PickleSource.Damaged(file, $"a tensor has {sizes.Length} sizes and {strides.Length} strides");
        if (start < 0 || sizes.Any(s => s < 0) || strides.Any(s => s < 0))
            throw PickleSource.Damaged(file, "a tensor has a negative size, stride or offset");
        try
        {
            long count = 1, reach = 1;
            for (int i = 0; i < sizes.Length; i++)
            {
                count = checked(count * sizes[i]);
                reach = checked(reach + (sizes[i] - 1) * strides[i]);
            }
            if (sizes.Any(s => s > int.MaxValue) || count > int.MaxValue / elements.Type.SizeInBytes()) throw TooLarge(sizes, file);
            if (count > 0 && checked(start + reach) > elements.Count)
                throw PickleSource.Damaged(file, $"a tensor [{string.Join(',', sizes)}] leads past the end of its storage of {elements.Count} elements");
            return new TorchTensor(elements, start, [.. sizes.Select(s => (int)s)], strides, count);
        }
        catch (OverflowException)
        {
            throw TooLarge(sizes, file);
        }
    }

    /// <summary>Copies the elements, row-major, out of the part of the storage that they lie in.</summary>
    /// <param name="window">The storage from <see cref="ByteOffset"/> on, <see cref="Reach"/> bytes.</param>
    /// <param name="destination">Takes <see cref="Bytes"/> bytes.</param>
    public void Gather(ReadOnlySpan<byte> window, Span<byte> destination)
    {
        if (Count == 0) return;
        switch (Storage.Type.SizeInBytes())
        {
            case 1: Gather<byte>(window, destination); break;
            case 2: Gather<ushort>(window, destination); break;
            case 4: Gather<uint>(window, destination); break;
            default: Gather<ulong>(window, destination); break;
        }
    }

    private void Gather<T>(ReadOnlySpan<byte> window, Span<byte> destination) where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<T> from = MemoryMarshal.Cast<byte, T>(window);
        Span<T> to = MemoryMarshal.Cast<byte, T>(destination);
        Span<int> index = stackalloc int[Dimensions.Length];
        long place = 0;
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = from[(int)place];
            // The innermost index that can be raised is; those inside it start over.
            for (int d = Dimensions.Length - 1; d >= 0; d--)
            {
                place += _strides[d];
                if (++index[d] < Dimensions[d]) break;
                place -= index[d] * _strides[d];
                index[d] = 0;
            }
        }
    }

    private static long[] Numbers(object? value, string file)
    {
        if (value is not PickleTuple { Items: { Length: <= MaxRank } items })
            throw PickleSource.Damaged(file, $"a tensor's sizes or strides are no tuple of up to {MaxRank} numbers");
        long[] numbers = new long[items.Length];
        for (int i = 0; i < items.Length; i++)
            numbers[i] = items[i] is long number ? number : throw PickleSource.Damaged(file, "a tensor's size or stride is no whole number");
        return numbers;
    }

    private static Depth2ImgException TooLarge(long[] sizes, string file) =>
        new($"'{file}' is refused: it asks for a tensor [{string.Join(',', sizes)}], which is more than 2 GiB.");
}
