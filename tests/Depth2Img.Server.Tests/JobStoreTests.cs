using Depth2Img.Server.Jobs;
using Depth2Img.TestSupport;
using Microsoft.Data.Sqlite;

namespace Depth2Img.Server.Tests;

public sealed class JobStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("jobs.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_job_is_read_back_as_it_was_written_by_another_process_too()
    {
        JobRecord job = Job("1") with { State = JobState.Done, Started = DateTimeOffset.FromUnixTimeMilliseconds(5), Finished = DateTimeOffset.FromUnixTimeMilliseconds(9), Attempts = 2, Error = "e", Result = "{}", Attended = true };
        using (JobStore store = new(Path)) store.Add(job);
        using JobStore again = new(Path);
        Assert.Equal(job, again.Find(job.Id));
        Assert.Null(again.Find("2"));
    }

    [Fact]
    public void History_is_its_owners_newest_first_and_has_no_unfinished_jobs()
    {
        using JobStore store = new(Path);
        for (int n = 0; n < 4; n++) store.Add(Job($"{n}") with { Created = DateTimeOffset.FromUnixTimeMilliseconds(n), State = n == 2 ? JobState.Queued : JobState.Done, Owner = n == 1 ? "other" : "me" });
        Assert.Equal(["3", "0"], store.Finished("me", 10).Select(job => job.Id));
        Assert.Equal(["0"], store.Finished("me", 10, DateTimeOffset.FromUnixTimeMilliseconds(3)).Select(job => job.Id));
        Assert.Equal(["3"], store.Finished(null, 1).Select(job => job.Id));
        Assert.Equal(["2"], store.Unfinished().Select(job => job.Id));
    }

    [Fact]
    public void A_clients_key_stands_for_its_job_until_it_is_forgotten()
    {
        using JobStore store = new(Path);
        store.Add(Job("1"), new IdempotencyKey("key", "body"));
        Assert.Equal(("body", "1"), store.FindIdempotent("client", "key", DateTimeOffset.UnixEpoch));
        Assert.Null(store.FindIdempotent("other", "key", DateTimeOffset.UnixEpoch));
        Assert.Null(store.FindIdempotent("client", "key", DateTimeOffset.FromUnixTimeMilliseconds(8)));
        store.ForgetIdempotent(DateTimeOffset.FromUnixTimeMilliseconds(8));
        Assert.Null(store.FindIdempotent("client", "key", DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public void A_data_base_of_a_later_version_and_a_damaged_one_are_refused_in_one_line()
    {
        using (new JobStore(Path)) { }
        using (SqliteConnection connection = new($"Data Source={Path};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }
        Assert.Contains("version 99", Assert.Throws<Depth2ImgException>(() => new JobStore(Path)).Message, StringComparison.Ordinal);
        string damaged = _folder.Write("damaged.db", new string('x', 5000));
        Assert.Contains(damaged, Assert.Throws<Depth2ImgException>(() => new JobStore(damaged)).Message, StringComparison.Ordinal);
    }

    private static JobRecord Job(string id) => new()
    {
        Id = id,
        Owner = "me",
        Client = "client",
        Kind = JobKind.Generate,
        Parameters = "{}",
        Created = DateTimeOffset.FromUnixTimeMilliseconds(7),
    };
}
