namespace Depth2Img.Pipelines;

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Property">The request's property: "Strength".</param>
/// <param name="Message">A whole sentence: what was found and what would be right.</param>
public sealed record RequestFault(string Property, string Message);

/// <summary>A request cannot be run as it is. All its faults are told at once.</summary>
public sealed class InvalidRequestException : Depth2ImgException
{
    /// <summary>Makes the exception from at least one fault.</summary>
    public InvalidRequestException(IReadOnlyList<RequestFault> faults) : base(string.Join(' ', faults.Select(f => f.Message))) => Faults = faults;

    /// <summary>What is wrong, in the order of the request's properties.</summary>
    public IReadOnlyList<RequestFault> Faults { get; }
}
