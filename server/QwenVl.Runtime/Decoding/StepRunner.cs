using QwenVl.Model.Execution;
using QwenVl.Runtime.Decoding.Planning;
using QwenVl.Runtime.Telemetry;

namespace QwenVl.Runtime.Decoding;

/// <summary>Runs planned steps and takes in what they computed.</summary>
internal sealed class StepRunner(ITextDecoder decoder, ActiveSequences active, RuntimeMetrics metrics, TimeProvider time)
{
    /// <summary>Runs a step; a sequence that fails in it leaves.</summary>
    public void Run(IReadOnlyList<PlannedStep<ActiveSequence>> plan)
    {
        (ActiveSequence Sequence, DecodeStep Step)[] batch = [.. plan.Select(planned => (planned.Sequence, planned.Sequence.Next(planned.Tokens)))];
        if (TryRun(batch) is not { } error) return;
        if (batch.Length == 1)
        {
            active.Leave(batch[0].Sequence, error);
            return;
        }

        // A run is all or nothing, and which of its sequences is to blame is not known: each for itself tells.
        metrics.BatchFailed(DecodeWorker.Stage);
        foreach ((ActiveSequence Sequence, DecodeStep Step) one in batch)
            if (TryRun([one]) is { } own) active.Leave(one.Sequence, own);
    }

    /// <returns>Null, or the error of a run that changed nothing.</returns>
    private Exception? TryRun((ActiveSequence Sequence, DecodeStep Step)[] batch)
    {
        long start = time.GetTimestamp();
        try
        {
            decoder.Run([.. batch.Select(one => one.Step)]);
        }
        catch (Exception error)
        {
            return error;
        }

        int prefilled = 0, decoded = 0, generated = 0;
        foreach ((ActiveSequence sequence, DecodeStep step) in batch)
        {
            if (sequence.IsPrefilling) prefilled += step.Tokens.Length;
            else decoded += step.Tokens.Length;
            metrics.CacheUsed(step.Tokens.Length);
            int before = sequence.Count;
            if (sequence.Advance(step)) Sample(sequence, step);
            generated += sequence.Count - before;
        }

        metrics.Stepped(batch.Length, prefilled, decoded, generated, time.GetElapsedTime(start).TotalSeconds);
        return null;
    }

    private void Sample(ActiveSequence sequence, DecodeStep step)
    {
        try
        {
            sequence.HasLogits(active.Now);
            // The client may have taken over while the step ran.
            if (sequence.End is { } early) active.Leave(sequence, early);
            else if (!sequence.Sample(step)) active.Leave(sequence, GenerationEnd.Stop);
            else if (sequence.End is { } end) active.Leave(sequence, end);
        }
        catch (Exception error)
        {
            // This thread serves everyone: whatever one sequence's logits lead to is that sequence's failure.
            active.Leave(sequence, error);
        }
    }
}
