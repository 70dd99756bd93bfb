using QwenVl.Engines.Tool.Display;
using QwenVl.Model.Execution;
using QwenVl.Model.Prompts;
using QwenVl.Model.Vision;

namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>
/// Feeds the reference's answers to both decoders: with the reference's features, so that a tower's error stays out of the
/// decoder's numbers; with each side's own; and several sequences at a time.
/// </summary>
/// <param name="reference">In float32.</param>
/// <param name="tested">What is held against it.</param>
/// <param name="mostTokens">Of an answer.</param>
/// <param name="endTokens">Each ends an answer.</param>
internal sealed class DecoderParity(ITextDecoder reference, ITextDecoder tested, int mostTokens, IReadOnlyList<int> endTokens)
{
    private readonly AnswerParity _same = new("");
    private readonly AnswerParity _own = new(", own features");
    private readonly AnswerParity _several = new(", several at a time");
    private readonly LogitParity _together = new(", several against one");
    private readonly CandidateParity _candidates = new();

    public void Run(
        IReadOnlyList<ParityQuestion> questions,
        IReadOnlyList<(ImageFeatures Expected, ImageFeatures Actual)> features,
        ProgressLine progress,
        CancellationToken cancellationToken)
    {
        // Logits of a whole vocabulary at each token are large: only one batch's are held.
        for (int first = 0; first < questions.Count; first += tested.MaxBatchSize)
        {
            var batch = new List<(ReferenceAnswer Answer, FedAnswer Alone, (Prompt, VisualRows, IReadOnlyList<int>) Fed)>();
            for (int i = first; i < Math.Min(first + tested.MaxBatchSize, questions.Count); i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress.Report($"answer about {questions[i].Picture}", (double)i / questions.Count);
                VisualRows visual = VisualRows.Join([features[i].Expected]);
                ReferenceAnswer answer = ReferenceAnswer.Decode(reference, questions[i], visual, mostTokens, endTokens);
                FedAnswer alone = Note(_same, answer, AnswerFeed.Run(tested, [(questions[i].Prompt, visual, answer.Tokens)])[0]);
                Note(_own, answer, AnswerFeed.Run(tested, [(questions[i].Prompt, VisualRows.Join([features[i].Actual]), answer.Tokens)])[0]);
                batch.Add((answer, alone, (questions[i].Prompt, visual, answer.Tokens)));
            }

            // One that is left over keeps itself company.
            if (batch.Count == 1 && tested.MaxBatchSize > 1) batch.Add(batch[0]);
            IReadOnlyList<FedAnswer> together = AnswerFeed.Run(tested, [.. batch.Select(each => each.Fed)]);
            for (int i = 0; i < batch.Count; i++)
            {
                Note(_several, batch[i].Answer, together[i]);
                _together.Add(batch[i].Answer.Picture, batch[i].Alone.Logits, together[i].Logits);
            }
        }
    }

    public IEnumerable<Measurement> Measurements() =>
        [.. _same.Measurements(), .. _own.Measurements(), .. _several.Measurements(), .. _together.Measurements(), .. _candidates.Measurements()];

    private FedAnswer Note(AnswerParity parity, ReferenceAnswer answer, FedAnswer fed)
    {
        parity.Add(answer, fed);
        _candidates.Add(answer.Picture, fed);
        return fed;
    }
}
