using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Depth2Img.Compute.Checkpoints.Pickle;

/// <summary>
/// A Python dictionary, in the order in which its keys came. Only entries with a text as key are kept: all that
/// checkpoints are read for have one. Values are null, <see cref="bool"/>, <see cref="long"/>, <see cref="BigInteger"/>,
/// <see cref="double"/>, <see cref="string"/>, <see cref="PickleDictionary"/>, <see cref="PickleList"/>,
/// <see cref="PickleTuple"/>, <see cref="PickleName"/>, <see cref="TorchTensor"/> or <see cref="PickleInert"/>. A
/// dictionary can hold itself; whoever walks through one must count the steps.
/// </summary>
/// <param name="file">For messages.</param>
/// <param name="budget">Counts what it takes.</param>
/// <param name="ordered">Whether it is an OrderedDict, which can have attributes.</param>
internal sealed class PickleDictionary(string file, PickleBudget budget, bool ordered)
{
    private readonly Dictionary<string, object?> _entries = new(StringComparer.Ordinal);
    private readonly List<string> _keys = [];

    /// <summary>Whether it is an OrderedDict.</summary>
    public bool IsOrdered { get; } = ordered;

    /// <summary>The keys that are texts, in order.</summary>
    public IReadOnlyList<string> Keys => _keys;

    /// <summary>The value of a key, if it is there.</summary>
    public bool TryGet(string key, out object? value) => _entries.TryGetValue(key, out value);

    /// <summary>The value of a key, if it is there and of this type.</summary>
    public bool TryGet<T>(string key, [NotNullWhen(true)] out T? value) where T : class
    {
        value = _entries.GetValueOrDefault(key) as T;
        return value is not null;
    }

    /// <summary>Adds an entry, or replaces its value.</summary>
    /// <exception cref="Depth2ImgException">The key is a value that Python has no keys of.</exception>
    public void Set(object? key, object? value)
    {
        if (key is string text)
        {
            if (!_entries.ContainsKey(text))
            {
                // An entry, a key's place, and what a growing table copies.
                budget.Take(100);
                _keys.Add(text);
            }
            _entries[text] = value;
            return;
        }
        bool hashable = key is null or long or BigInteger or double or bool or PickleTuple or PickleName || key == PickleInert.Bytes;
        if (!hashable) throw PickleSource.Damaged(file, "a dictionary has a key that cannot be one");
    }
}
