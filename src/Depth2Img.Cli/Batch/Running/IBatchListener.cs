using Depth2Img.Cli.Batch.Planning;
using Depth2Img.Pipelines;

namespace Depth2Img.Cli.Batch.Running;

/// <summary>Is told how a batch goes.</summary>
internal interface IBatchListener
{
    /// <summary>How many jobs are to be run; those that are not have been told of.</summary>
    void Begin(int pending);

    /// <summary>A job is being run.</summary>
    void Report(BatchJob job, GenerationProgress progress);

    /// <summary>A job came to its end.</summary>
    void Finished(JobOutcome outcome);
}
