using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Depth2Img.Pipelines;

/// <summary>How one of several requests ended.</summary>
public sealed class GenerationOutcome
{
    internal GenerationOutcome(int index, DepthToImageRequest request, DepthToImageResult? result, Exception? error)
    {
        Index = index;
        Request = request;
        Result = result;
        Error = error;
    }

    /// <summary>The request's place in the sequence, from 0.</summary>
    public int Index { get; }

    /// <summary>The request.</summary>
    public DepthToImageRequest Request { get; }

    /// <summary>What it came to; null if it failed.</summary>
    public DepthToImageResult? Result { get; }

    /// <summary>Why it failed: as a rule an <see cref="InvalidRequestException"/> or a <see cref="Depth2ImgException"/>; null if it did not.</summary>
    public Exception? Error { get; }

    /// <summary>Whether there is a result.</summary>
    [MemberNotNullWhen(true, nameof(Result))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Result is not null;

    /// <summary>The result; throws what the request failed with, as it was thrown there.</summary>
    public DepthToImageResult GetResult()
    {
        if (Error is not null) ExceptionDispatchInfo.Throw(Error);
        return Result!;
    }
}
