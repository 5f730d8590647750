using Depth2Img.Benchmarking.OnnxRuntime;

namespace Depth2Img.Benchmarking.Tests;

public class TemporaryFolderTests
{
    [Fact]
    public void What_a_killed_process_left_goes_and_what_is_in_use_stays()
    {
        string prefix = $"depth2img-test-{Guid.NewGuid():N}-";
        // A folder whose lock nobody holds is what a killed process leaves.
        string abandoned = Directory.CreateTempSubdirectory(prefix).FullName, foreign = Directory.CreateTempSubdirectory(prefix).FullName;
        File.WriteAllText(Path.Combine(abandoned, "in-use"), "");
        File.WriteAllText(Path.Combine(abandoned, "weights"), "many");
        try
        {
            using TemporaryFolder first = TemporaryFolder.Create(prefix);
            Assert.False(Directory.Exists(abandoned));
            File.WriteAllText(Path.Combine(first.Path, "weights"), "many");
            using (TemporaryFolder second = TemporaryFolder.Create(prefix)) Assert.NotEqual(first.Path, second.Path);
            Assert.True(File.Exists(Path.Combine(first.Path, "weights")));
            Assert.True(Directory.Exists(foreign));
        }
        finally
        {
            Directory.Delete(foreign);
        }
        Assert.Empty(Directory.GetDirectories(Path.GetTempPath(), prefix + "*"));
    }
}
