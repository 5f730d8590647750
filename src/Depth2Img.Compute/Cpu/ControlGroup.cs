using System.Globalization;

namespace Depth2Img.Compute.Cpu;

/// <summary>
/// What Linux's control groups allow a process (cgroups(7)): containers and services are kept within a share of the
/// machine that the number of processors does not tell. A group's parents limit it too, and their files are read as well.
/// </summary>
internal static class ControlGroup
{
    /// <summary>The processor time that the process may take a second of real time, by the strictest of its groups.</summary>
    /// <param name="root">The root of the file system, "/".</param>
    /// <returns>In processors, such as 1.5; null for no limit, or none that can be read.</returns>
    public static double? ReadProcessorLimit(string root)
    {
        try
        {
            double? limit = null;
            string[] mounts = File.ReadAllLines(Path.Combine(root, "proc/self/mountinfo"));
            foreach (string membership in File.ReadLines(Path.Combine(root, "proc/self/cgroup")))
            {
                // hierarchy:controllers:path; version 2 has hierarchy 0 and names no controllers.
                string[] parts = membership.Split(':', 3);
                if (parts.Length != 3) continue;
                bool unified = parts[0] == "0";
                if (!unified && !parts[1].Split(',').Contains("cpu")) continue;
                foreach (string folder in Folders(mounts, unified, parts[2]))
                    limit = Stricter(limit, ReadLimit(Path.Combine(root, folder.TrimStart('/')), unified));
            }
            return limit;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The folders of a group and its parents, as far as they are mounted.</summary>
    private static IEnumerable<string> Folders(IEnumerable<string> mounts, bool unified, string group)
    {
        foreach (string mount in mounts)
        {
            // 36 35 98:0 /root /mount/point rw,noatime master:1 - type source options
            string[] halves = mount.Split(" - ", 2);
            string[] fields = halves[0].Split(' ');
            if (halves.Length != 2 || fields.Length < 5) continue;
            string[] system = halves[1].Split(' ');
            bool matches = unified ? system[0] == "cgroup2" : system[0] == "cgroup" && system[^1].Split(',').Contains("cpu");
            if (!matches) continue;
            string mounted = fields[3].TrimEnd('/'), point = fields[4];
            yield return point;
            // A path that is not below what is mounted is one of another namespace.
            if (!group.StartsWith(mounted + "/", StringComparison.Ordinal)) continue;
            string folder = point;
            foreach (string name in group[mounted.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries))
                yield return folder += "/" + name;
        }
    }

    private static double? ReadLimit(string folder, bool unified)
    {
        // "150000 100000" or "max 100000"; in version 1 a file each, and -1 for no limit.
        string[] values = unified
            ? ReadWords(Path.Combine(folder, "cpu.max"))
            : [.. ReadWords(Path.Combine(folder, "cpu.cfs_quota_us")), .. ReadWords(Path.Combine(folder, "cpu.cfs_period_us"))];
        return values.Length == 2 && double.TryParse(values[0], CultureInfo.InvariantCulture, out double quota)
            && double.TryParse(values[1], CultureInfo.InvariantCulture, out double period) && quota > 0 && period > 0
            ? quota / period
            : null;
    }

    private static string[] ReadWords(string file) =>
        File.Exists(file) ? File.ReadAllText(file).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : [];

    private static double? Stricter(double? a, double? b) => b is null || a < b ? a : b;
}
