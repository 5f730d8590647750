using System.Numerics;
using System.Runtime.InteropServices;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Checkpoints.Verification;

/// <summary>
/// Reads every byte of every tensor of a checkpoint, and its small files: what is missing, cut short, damaged, or not a
/// number is told of each component, so that one look names all that must be fetched again.
/// </summary>
public static class CheckpointVerifier
{
    /// <summary>Reads a checkpoint.</summary>
    /// <param name="checkpoint">What to read.</param>
    /// <param name="componentRead">Told of each component when it has been read; may be null.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static VerificationReport Verify(Checkpoint checkpoint, Action<VerifiedComponent>? componentRead = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        List<VerifiedComponent> components = [];
        // A component that no pipeline here reads does not matter, absent or not.
        foreach (CheckpointComponent component in checkpoint.Components.Where(c => Checkpoint.IsNetwork(c.Name) || c.Name is "tokenizer" or "scheduler" or "feature_extractor"))
        {
            components.Add(Verify(checkpoint, component.Name, cancellationToken));
            componentRead?.Invoke(components[^1]);
        }
        return new VerificationReport(checkpoint.Path, components);
    }

    private static VerifiedComponent Verify(Checkpoint checkpoint, string component, CancellationToken cancellationToken)
    {
        try
        {
            switch (component)
            {
                case "tokenizer": checkpoint.LoadTokenizer(); break;
                case "scheduler": checkpoint.OpenScheduler(); break;
                case "feature_extractor": if (checkpoint.Has("depth_estimator")) checkpoint.OpenPreprocessor(); break;
                default: return ReadNetwork(checkpoint, component, cancellationToken);
            }
            return new VerifiedComponent(component, 0, 0, [], null);
        }
        catch (Depth2ImgException e)
        {
            return new VerifiedComponent(component, 0, 0, [], e.Message);
        }
    }

    private static VerifiedComponent ReadNetwork(Checkpoint checkpoint, string component, CancellationToken cancellationToken)
    {
        checkpoint.OpenConfig(component);
        IWeightSource source = checkpoint.OpenWeights(component);
        using IDisposable? file = source as IDisposable;
        List<NonFiniteTensor> nonFinite = [];
        long bytes = 0;
        foreach (string name in source.Names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            WeightTensor tensor = source[name];
            (int nan, int infinite) = Count(tensor);
            if (nan + infinite > 0) nonFinite.Add(new NonFiniteTensor(name, nan, infinite, tensor.Count));
            bytes += tensor.Data.Length;
        }
        return new VerifiedComponent(component, source.Names.Count, bytes, nonFinite, null);
    }

    /// <summary>Counts values with an exponent of all ones: infinities have no fraction, NaNs have one.</summary>
    private static (int NaN, int Infinite) Count(WeightTensor tensor)
    {
        ReadOnlySpan<byte> bytes = tensor.Data.Span;
        return tensor.Type switch
        {
            ElementType.Float16 => Count<ushort>(bytes, 0x7C00, 0x7FFF),
            ElementType.BFloat16 => Count<ushort>(bytes, 0x7F80, 0x7FFF),
            ElementType.Float32 => Count<uint>(bytes, 0x7F80_0000, 0x7FFF_FFFF),
            ElementType.Float64 => Count<ulong>(bytes, 0x7FF0_0000_0000_0000, 0x7FFF_FFFF_FFFF_FFFF),
            _ => Touch(bytes),
        };
    }

    private static (int NaN, int Infinite) Count<T>(ReadOnlySpan<byte> bytes, T infinity, T withoutSign) where T : unmanaged, IBinaryInteger<T>
    {
        int nan = 0, infinite = 0;
        // The data may start at an odd address: the processors that .NET runs on read unaligned values.
        foreach (T bits in MemoryMarshal.Cast<byte, T>(bytes))
        {
            T magnitude = bits & withoutSign;
            nan += magnitude > infinity ? 1 : 0;
            infinite += magnitude == infinity ? 1 : 0;
        }
        return (nan, infinite);
    }

    /// <summary>Integers cannot be wrong in themselves; that the disk gives them is all that is asked.</summary>
    private static (int NaN, int Infinite) Touch(ReadOnlySpan<byte> bytes)
    {
        int sum = 0;
        for (int i = 0; i < bytes.Length; i += 512) sum += bytes[i];
        GC.KeepAlive(sum);
        return (0, 0);
    }
}
