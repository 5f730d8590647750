using System.Text;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Jobs;
using RabbitMQ.Client;

namespace Depth2Img.Server.Queue;

/// <summary>An attempt of this worker at a job: what its server is told of it, and what the server wants of it.</summary>
/// <param name="reports">Sends the news.</param>
/// <param name="job">The job.</param>
/// <param name="server">The server that wants to know.</param>
/// <param name="attempt">The attempt's name.</param>
internal sealed class WorkerAttempt(WorkerReports reports, string job, string server, string attempt) : IJobObserver
{
    private volatile bool _endsAfterPicture;

    /// <summary>The job.</summary>
    public string Job => job;

    /// <inheritdoc/>
    public bool EndsAfterPicture => _endsAfterPicture;

    /// <summary>Has the job end with the picture that is being made.</summary>
    public void EndAfterPicture() => _endsAfterPicture = true;

    /// <inheritdoc/>
    public void Report(JobProgress progress) => Send(MessageTypes.Step, Encoding.UTF8.GetBytes(ServerJson.Write(progress)));

    /// <inheritdoc/>
    public void Preview(int picture, byte[] jpeg) => Send(MessageTypes.Preview, jpeg, (ResultMessage.PictureHeader, picture));

    /// <summary>Sends news.</summary>
    /// <param name="type">One of <see cref="MessageTypes"/>.</param>
    /// <param name="body">The message's body.</param>
    /// <param name="headers">Its headers, besides the attempt's name.</param>
    public void Send(string type, byte[] body, params (string Header, object Value)[] headers)
    {
        BasicProperties properties = new() { MessageId = job, Type = type, Headers = new Dictionary<string, object?> { [ResultMessage.AttemptHeader] = attempt } };
        foreach ((string header, object value) in headers) properties.Headers[header] = value;
        reports.Tell(server, properties, body);
    }
}
