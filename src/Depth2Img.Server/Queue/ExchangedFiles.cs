using Depth2Img.Server.Jobs;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Depth2Img.Server.Queue;

/// <summary>
/// The files of jobs that workers do: inputs on their way out, results on their way in, and the mark in a job's folder that says
/// that the broker has it.
/// </summary>
/// <param name="own">The server's files.</param>
/// <param name="shared">A folder that the workers see, too; null if files go through the broker.</param>
/// <param name="logger">Is told what cannot be written or removed.</param>
internal sealed partial class ExchangedFiles(JobFiles own, JobFiles? shared, ILogger logger)
{
    private const string MarkName = "handed-over";

    /// <summary>Whether files go through a folder that all see.</summary>
    public bool AreShared => shared is not null;

    /// <summary>Whether the broker has a job.</summary>
    public bool IsMarked(string id) => File.Exists(own.PathOf(id, MarkName));

    /// <summary>Writes down that the broker has a job.</summary>
    public void Mark(string id)
    {
        try
        {
            own.Write(id, MarkName, "1"u8.ToArray());
        }
        catch (Exception e) when (e is Depth2ImgException or IOException or UnauthorizedAccessException)
        {
            // Without the mark a server that starts again hands the job over again, and the second result is dropped.
            LogNotMarked(logger, id, e);
        }
    }

    /// <summary>Removes the mark.</summary>
    public void RemoveMark(string id) => Try(() => own.Remove(id, MarkName), id);

    /// <summary>A job's inputs for its message; nothing where they go through the shared folder, into which they are put then.</summary>
    /// <exception cref="Depth2ImgException">That folder cannot be written.</exception>
    public Dictionary<string, byte[]> Send(string id)
    {
        Dictionary<string, byte[]> inputs = [];
        foreach (string name in GenerationInputs.Names)
        {
            if (own.Read(id, name) is not { } data) continue;
            if (shared is null) inputs[name] = data;
            else Share(shared, id, name, data);
        }
        return inputs;
    }

    /// <summary>Keeps a file of a result until the message comes that says that the result is whole.</summary>
    public void Stage(string id, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> data)
    {
        string? attempt = QueueTopology.Text(properties, ResultMessage.AttemptHeader), name = QueueTopology.Text(properties, ResultMessage.FileHeader);
        if (!JobMessage.IsFileName(attempt) || !JobMessage.IsFileName(name)) return;
        try
        {
            own.Write(id, ResultMessage.Staged(attempt!, name!), data);
        }
        catch (Exception e) when (e is Depth2ImgException or IOException or UnauthorizedAccessException)
        {
            LogNotStaged(logger, id, e); // The job fails when its last message comes and the file is not there.
        }
    }

    /// <summary>A file of a result that is whole.</summary>
    /// <exception cref="Depth2ImgException">It is not there; the message is for the job's client.</exception>
    /// <exception cref="InvalidDataException">Its name is none.</exception>
    public byte[] Take(string id, ResultMessage message, string name)
    {
        if (!JobMessage.IsFileName(name) || !JobMessage.IsFileName(message.Attempt)) throw new InvalidDataException("A result's file has no usable name.");
        if (message.Shared && shared is null) throw new Depth2ImgException("The result is in a shared folder, and this server was started without one.");
        return (message.Shared ? shared! : own).Read(id, ResultMessage.Staged(message.Attempt, name))
            ?? throw new Depth2ImgException(message.Shared
                ? "The result is not in the shared folder: the server and its workers do not see the same one."
                : "The result could not be stored: the server's disk is full or cannot be written.");
    }

    /// <summary>Removes what was kept of a result.</summary>
    public void RemoveStaged(string id, ResultMessage? message)
    {
        if (message is not { Shared: false } || !JobMessage.IsFileName(message.Attempt)) return;
        foreach (string name in message.Files.Where(JobMessage.IsFileName)) Try(() => own.Remove(id, ResultMessage.Staged(message.Attempt, name)), id);
    }

    /// <summary>Removes a job's files from the shared folder.</summary>
    public void RemoveShared(string id)
    {
        if (shared is not null) Try(() => shared.Remove(id), id);
    }

    private void Share(JobFiles folder, string id, string name, byte[] data)
    {
        try
        {
            folder.Write(id, name, data);
        }
        catch (Exception e) when (e is Depth2ImgException or IOException or UnauthorizedAccessException)
        {
            LogNotShared(logger, id, e);
            throw new Depth2ImgException("The job could not be handed to a worker: the shared folder is full or cannot be written.", e);
        }
    }

    private void Try(Action remove, string id)
    {
        try
        {
            remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotRemoved(logger, id, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "That job {Job} is with the broker could not be written down")]
    private static partial void LogNotMarked(ILogger logger, string job, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The pictures of job {Job} could not be written to the shared folder")]
    private static partial void LogNotShared(ILogger logger, string job, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A file of the result of job {Job} could not be stored")]
    private static partial void LogNotStaged(ILogger logger, string job, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Files of job {Job} could not be removed")]
    private static partial void LogNotRemoved(ILogger logger, string job, Exception exception);
}
