namespace Depth2Img.Compute.Platform;

/// <summary>The system that the program runs on.</summary>
internal static class CurrentSystem
{
    /// <summary>Its calls.</summary>
    public static IOperatingSystem Instance { get; } = OperatingSystem.IsLinux() ? new LinuxSystem() : new UnknownSystem();
}
