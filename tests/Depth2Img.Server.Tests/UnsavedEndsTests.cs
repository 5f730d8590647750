using Depth2Img.Server.Engine;
using Depth2Img.Server.Jobs;
using Depth2Img.TestSupport;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Depth2Img.Server.Tests;

public sealed class UnsavedEndsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_end_that_the_data_base_does_not_take_is_told_at_once_and_written_when_it_does()
    {
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously), begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        string id;
        await using (RunningServer server = await RunningServer.StartAsync(folder: _folder, configure: builder => builder.Services.AddSingleton<IJobExecutor>(new StubExecutor(async (_, _, _) =>
        {
            begun.TrySetResult();
            await go.Task;
        }))))
        {
            JobService jobs = server.Services.GetRequiredService<JobService>();
            id = (string)(await server.SubmitAsync())["id"]!;
            await begun.Task;
            // A data base that takes no changes: every one of them is refused, whatever the disk does.
            Execute("CREATE TRIGGER closed BEFORE UPDATE ON jobs BEGIN SELECT RAISE(ABORT, 'closed'); END");
            go.SetResult();
            await Until.TrueAsync(() => jobs.Find(id)!.IsFinished, "the job is over");
            Assert.Equal(JobState.Done, jobs.Find(id)!.State);
            Assert.Equal("Running", StateInFile(id));
            jobs.SaveUnsaved();
            Assert.Equal("Running", StateInFile(id));

            Execute("DROP TRIGGER closed");
            await Until.TrueAsync(() => StateInFile(id) == "Done", "the end is in the data base");
        }
        using JobStore store = new(_folder.File("jobs.db"));
        Assert.NotNull(store.Find(id)!.Result);
    }

    [Fact]
    public async Task What_could_not_be_written_is_written_when_the_server_stops()
    {
        string id;
        await using (RunningServer server = await RunningServer.StartAsync(folder: _folder, configure: builder => builder.Services.AddSingleton<IJobExecutor>(new StubExecutor())))
        {
            JobService jobs = server.Services.GetRequiredService<JobService>();
            Execute("CREATE TRIGGER closed BEFORE UPDATE ON jobs BEGIN SELECT RAISE(ABORT, 'closed'); END");
            id = (string)(await server.SubmitAsync())["id"]!;
            await Until.TrueAsync(() => jobs.Find(id)!.IsFinished, "the job is over");
            Assert.Equal("Queued", StateInFile(id));
            Execute("DROP TRIGGER closed");
        }
        Assert.Equal("Done", StateInFile(id));
    }

    private string? StateInFile(string id)
    {
        using SqliteConnection connection = new($"Data Source={_folder.File("jobs.db")};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT state FROM jobs WHERE id = @id";
        command.Parameters.AddWithValue("@id", id);
        return (string?)command.ExecuteScalar();
    }

    private void Execute(string sql)
    {
        using SqliteConnection connection = new($"Data Source={_folder.File("jobs.db")};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own texts.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
