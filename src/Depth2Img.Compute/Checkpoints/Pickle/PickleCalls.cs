namespace Depth2Img.Compute.Checkpoints.Pickle;

/// <summary>
/// The closed list of what a checkpoint's pickle may call. None of it is run: the tensors' functions are known by what
/// they mean, a few that make values of no interest give <see cref="PickleInert"/>, and every other call is refused.
/// </summary>
internal static class PickleCalls
{
    private static readonly HashSet<string> Inert = new(StringComparer.Ordinal)
    {
        "_codecs.encode",
        "numpy.core.multiarray.scalar",
        "numpy._core.multiarray.scalar",
        "numpy.core.multiarray._reconstruct",
        "numpy._core.multiarray._reconstruct",
        "numpy.dtype",
        "numpy.ndarray",
        "builtins.set",
        "__builtin__.set",
    };

    /// <summary>What a call gives.</summary>
    /// <param name="function">What is called, which must be a name.</param>
    /// <param name="arguments">A tuple.</param>
    /// <param name="file">For messages.</param>
    /// <param name="budget">Counts what is made.</param>
    /// <exception cref="Depth2ImgException">The call is not on the list, or its arguments are not what they must be.</exception>
    public static object Result(object? function, object? arguments, string file, PickleBudget budget)
    {
        if (function is not PickleName { FullName: string name } || arguments is not PickleTuple { Items: var values })
            throw PickleSource.Damaged(file, "something is called that is no function");
        switch (name)
        {
            case "torch._utils._rebuild_tensor_v2" when values.Length is 6 or 7:
                budget.Take(100);
                return TorchTensor.Create(values[0], values[1], values[2], values[3], file);
            case "torch._utils._rebuild_parameter" when values.Length == 3 && values[0] is TorchTensor tensor:
                return tensor;
            case "collections.OrderedDict" when values.Length == 0:
                budget.Take(200);
                return new PickleDictionary(file, budget, ordered: true);
            case "torch._utils._rebuild_tensor_v2" or "torch._utils._rebuild_parameter" or "collections.OrderedDict":
                throw PickleSource.Damaged(file, $"'{name}' is called with arguments that it does not take");
            default:
                if (Inert.Contains(name)) return PickleInert.Value;
                throw new Depth2ImgException($"'{file}' is refused: its pickle calls '{SafetensorsHeader.Short(name)}', which no checkpoint needs. Nothing of it was run; fetch the model as safetensors instead, from somebody you trust.");
        }
    }
}
