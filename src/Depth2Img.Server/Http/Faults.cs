namespace Depth2Img.Server.Http;

/// <summary>Collects what is wrong with a request's fields, so that all of it is told at once.</summary>
internal sealed class Faults
{
    private const int Most = 50;
    private readonly Dictionary<string, List<string>> _messages = [];
    private int _count;

    /// <summary>Whether there are none.</summary>
    public bool None => _messages.Count == 0;

    /// <summary>Whether a field has one.</summary>
    public bool Has(string field) => _messages.ContainsKey(field);

    /// <summary>Whether a field, or a part of it, has one.</summary>
    public bool HasWithin(string field) =>
        _messages.Keys.Any(key => key.StartsWith(field, StringComparison.Ordinal) && (key.Length == field.Length || key[field.Length] is '.' or '['));

    /// <summary>Adds one.</summary>
    /// <param name="field">The field, as the request has it.</param>
    /// <param name="message">A whole sentence.</param>
    public void Add(string field, string message)
    {
        // Enough to mend a request by; a body of nonsense must not become an answer many times its size.
        if (_count == Most) return;
        _count++;
        if (!_messages.TryGetValue(field, out List<string>? list)) _messages[field] = list = [];
        list.Add(message);
    }

    /// <summary>Refuses the request if there are any.</summary>
    public void ThrowIfAny()
    {
        if (!None) throw new ProblemException(Problem.Invalid(_messages.ToDictionary(m => m.Key, m => (IReadOnlyList<string>)m.Value)));
    }
}
