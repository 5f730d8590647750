using Microsoft.Data.Sqlite;

namespace Depth2Img.Server.Jobs;

/// <summary>
/// The data base of jobs: SQLite with a write-ahead log, so that what was committed is there after the process was
/// killed. One connection behind a lock: statements are short, and jobs take seconds.
/// </summary>
internal sealed class JobStore : IDisposable
{
    private const string Columns = "id, owner, client, kind, parameters, state, created, started, finished, attempts, error, result, attended";

    /// <summary>Each entry brings the data base from the version of its index to the next.</summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE jobs (
            id TEXT PRIMARY KEY, owner TEXT NOT NULL, client TEXT NOT NULL, kind TEXT NOT NULL, parameters TEXT NOT NULL, state TEXT NOT NULL,
            created INTEGER NOT NULL, started INTEGER, finished INTEGER, attempts INTEGER NOT NULL, error TEXT, result TEXT, attended INTEGER NOT NULL);
        CREATE INDEX jobs_by_owner ON jobs (owner, created);
        CREATE INDEX jobs_by_state ON jobs (state, created);
        CREATE TABLE idempotency (
            owner TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, job TEXT NOT NULL, created INTEGER NOT NULL, PRIMARY KEY (owner, key));
        """,
    ];

    private readonly SqliteConnection _connection;
    private readonly IDisposable? _held;
    private readonly Lock _lock = new();

    /// <summary>Opens the data base, or makes it.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="held">What is let go when the data base is closed, such as a lock on its folder; null for nothing.</param>
    /// <exception cref="Depth2ImgException">It cannot be opened, is damaged, or belongs to a later version of the program.</exception>
    public JobStore(string path, IDisposable? held = null)
    {
        _held = held;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5 }.ToString());
        try
        {
            _connection.Open();
            Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;");
            Migrate(path);
        }
        catch (SqliteException e)
        {
            _connection.Dispose();
            throw new Depth2ImgException($"The data base '{path}' cannot be opened: {e.Message}", e);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Adds a job, and remembers the key that its client gave it.</summary>
    /// <param name="job">The job.</param>
    /// <param name="idempotency">The client's key and the digest of its request; null for none. It takes an older one's place.</param>
    public void Add(JobRecord job, IdempotencyKey? idempotency = null)
    {
        lock (_lock)
        {
            // What was accepted must be there after the power failed too; what a job came to is made again.
            Execute("PRAGMA synchronous = FULL");
            try
            {
                AddWhole(job, idempotency);
            }
            finally
            {
                Execute("PRAGMA synchronous = NORMAL");
            }
        }
    }

    /// <summary>Writes a job's state down.</summary>
    public void Update(JobRecord job)
    {
        lock (_lock)
        {
            using SqliteCommand command = Command("UPDATE jobs SET state = @state, started = @started, finished = @finished, attempts = @attempts, error = @error, result = @result WHERE id = @id");
            Bind(command, job);
            command.ExecuteNonQuery();
        }
    }

    /// <summary>A job; null if there is none of that name.</summary>
    public JobRecord? Find(string id)
    {
        lock (_lock)
        {
            using SqliteCommand command = Command($"SELECT {Columns} FROM jobs WHERE id = @id");
            command.Parameters.AddWithValue("@id", id);
            return Read(command).FirstOrDefault();
        }
    }

    /// <summary>The job that a client's key stands for; null if it is new.</summary>
    /// <param name="client">Whose key: <see cref="JobRecord.Client"/>, under the column "owner".</param>
    /// <param name="key">The key.</param>
    /// <param name="since">Older ones are forgotten.</param>
    public (string Body, string Job)? FindIdempotent(string client, string key, DateTimeOffset since)
    {
        lock (_lock)
        {
            using SqliteCommand command = Command("SELECT body, job FROM idempotency WHERE owner = @owner AND key = @key AND created >= @since");
            command.Parameters.AddWithValue("@owner", client);
            command.Parameters.AddWithValue("@key", key);
            command.Parameters.AddWithValue("@since", since.ToUnixTimeMilliseconds());
            using SqliteDataReader reader = command.ExecuteReader();
            return reader.Read() ? (reader.GetString(0), reader.GetString(1)) : null;
        }
    }

    /// <summary>Forgets clients' keys.</summary>
    /// <param name="before">Older ones go.</param>
    public void ForgetIdempotent(DateTimeOffset before)
    {
        lock (_lock)
        {
            using SqliteCommand command = Command("DELETE FROM idempotency WHERE created < @before");
            command.Parameters.AddWithValue("@before", before.ToUnixTimeMilliseconds());
            command.ExecuteNonQuery();
        }
    }

    /// <summary>All jobs that are not finished, oldest first.</summary>
    public IReadOnlyList<JobRecord> Unfinished()
    {
        lock (_lock)
        {
            using SqliteCommand command = Command($"SELECT {Columns} FROM jobs WHERE state IN ('Queued', 'Running') ORDER BY created, rowid");
            return [.. Read(command)];
        }
    }

    /// <summary>Finished jobs, newest first.</summary>
    /// <param name="owner">Whose; null for all.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="before">Only those accepted before; null for all.</param>
    public IReadOnlyList<JobRecord> Finished(string? owner, int limit, DateTimeOffset? before = null)
    {
        lock (_lock)
        {
            using SqliteCommand command = Command(
                $"SELECT {Columns} FROM jobs WHERE state NOT IN ('Queued', 'Running') AND (@owner IS NULL OR owner = @owner) AND created < @before ORDER BY created DESC, rowid DESC LIMIT @limit");
            command.Parameters.AddWithValue("@owner", (object?)owner ?? DBNull.Value);
            command.Parameters.AddWithValue("@before", before?.ToUnixTimeMilliseconds() ?? long.MaxValue);
            command.Parameters.AddWithValue("@limit", limit);
            return [.. Read(command)];
        }
    }

    /// <summary>Removes a job.</summary>
    public void Remove(string id)
    {
        lock (_lock)
        {
            using SqliteCommand command = Command("DELETE FROM jobs WHERE id = @id; DELETE FROM idempotency WHERE job = @id");
            command.Parameters.AddWithValue("@id", id);
            command.ExecuteNonQuery();
        }
    }

    public void Dispose()
    {
        lock (_lock) _connection.Dispose();
        _held?.Dispose();
    }

    private void AddWhole(JobRecord job, IdempotencyKey? idempotency)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        using (SqliteCommand command = Command($"INSERT INTO jobs ({Columns}) VALUES (@id, @owner, @client, @kind, @parameters, @state, @created, @started, @finished, @attempts, @error, @result, @attended)"))
        {
            Bind(command, job);
            command.ExecuteNonQuery();
        }
        if (idempotency is not null)
        {
            using SqliteCommand command = Command("INSERT OR REPLACE INTO idempotency (owner, key, body, job, created) VALUES (@owner, @key, @body, @job, @created)");
            // Whose turn it takes, not whose history it is: a program that keeps no cookie repeats its requests, too.
            command.Parameters.AddWithValue("@owner", job.Client);
            command.Parameters.AddWithValue("@key", idempotency.Key);
            command.Parameters.AddWithValue("@body", idempotency.Body);
            command.Parameters.AddWithValue("@job", job.Id);
            command.Parameters.AddWithValue("@created", job.Created.ToUnixTimeMilliseconds());
            command.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    private void Migrate(string path)
    {
        using SqliteCommand read = Command("PRAGMA user_version");
        int version = Convert.ToInt32(read.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
        if (version > Migrations.Length)
            throw new Depth2ImgException($"The data base '{path}' has version {version}, and this program knows up to {Migrations.Length}: it was made by a later version. Run that one, or take another data folder.");
        for (; version < Migrations.Length; version++)
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            Execute($"{Migrations[version]} PRAGMA user_version = {version + 1};");
            transaction.Commit();
        }
    }

    private void Execute(string sql)
    {
        using SqliteCommand command = Command(sql);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql)
    {
        SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // All texts are this class's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    private static void Bind(SqliteCommand command, JobRecord job)
    {
        command.Parameters.AddWithValue("@id", job.Id);
        command.Parameters.AddWithValue("@owner", job.Owner);
        command.Parameters.AddWithValue("@client", job.Client);
        command.Parameters.AddWithValue("@kind", job.Kind.ToString());
        command.Parameters.AddWithValue("@parameters", job.Parameters);
        command.Parameters.AddWithValue("@state", job.State.ToString());
        command.Parameters.AddWithValue("@created", job.Created.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("@started", (object?)job.Started?.ToUnixTimeMilliseconds() ?? DBNull.Value);
        command.Parameters.AddWithValue("@finished", (object?)job.Finished?.ToUnixTimeMilliseconds() ?? DBNull.Value);
        command.Parameters.AddWithValue("@attempts", job.Attempts);
        command.Parameters.AddWithValue("@error", (object?)job.Error ?? DBNull.Value);
        command.Parameters.AddWithValue("@result", (object?)job.Result ?? DBNull.Value);
        command.Parameters.AddWithValue("@attended", job.Attended ? 1 : 0);
    }

    private static IEnumerable<JobRecord> Read(SqliteCommand command)
    {
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return new JobRecord
            {
                Id = reader.GetString(0),
                Owner = reader.GetString(1),
                Client = reader.GetString(2),
                Kind = Enum.Parse<JobKind>(reader.GetString(3)),
                Parameters = reader.GetString(4),
                State = Enum.Parse<JobState>(reader.GetString(5)),
                Created = Time(6)!.Value,
                Started = Time(7),
                Finished = Time(8),
                Attempts = reader.GetInt32(9),
                Error = reader.IsDBNull(10) ? null : reader.GetString(10),
                Result = reader.IsDBNull(11) ? null : reader.GetString(11),
                Attended = reader.GetInt32(12) != 0,
            };
        }

        DateTimeOffset? Time(int column) => reader.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));
    }
}

/// <summary>What makes a repeated request the same one.</summary>
/// <param name="Key">The client's key.</param>
/// <param name="Body">The digest of the request.</param>
internal sealed record IdempotencyKey(string Key, string Body);
