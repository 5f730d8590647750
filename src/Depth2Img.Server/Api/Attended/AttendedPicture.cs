using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Api.Attended;

/// <summary>A picture that was made while its client waited.</summary>
/// <param name="File">The file.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Result">What was used; null of a picture that was interrupted.</param>
/// <param name="Depth">The depth map in use, a PNG; null of a picture that was interrupted.</param>
internal sealed record AttendedPicture(byte[] File, long Seed, JobResult? Result, byte[]? Depth);
