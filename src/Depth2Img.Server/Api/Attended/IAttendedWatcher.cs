using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Api.Attended;

/// <summary>Is told how pictures go that a client waits for.</summary>
internal interface IAttendedWatcher
{
    /// <summary>A picture's job was accepted. The job goes on when this has ended; its end is waited for in any case.</summary>
    /// <param name="number">Which picture, from 0.</param>
    /// <param name="job">The job.</param>
    Task OnJobAsync(int number, LiveJob job);

    /// <summary>A picture is there.</summary>
    /// <param name="number">Which one, from 0.</param>
    /// <param name="picture">The picture.</param>
    Task OnPictureAsync(int number, AttendedPicture picture);
}
