using QwenVl.Model.Execution;
using QwenVl.Tests.Client.Fakes;

namespace QwenVl.Tests.Runtime.Decoding;

/// <summary>The hashing decoder for several sequences a run, all or nothing as the contract says.</summary>
internal sealed class BatchedHashDecoder : ITextDecoder
{
    private readonly HashDecoder _inner = new();

    /// <summary>May wait or throw before anything has run.</summary>
    public Action<IReadOnlyList<DecodeStep>>? BeforeRun { get; init; }

    public Action<IReadOnlyList<DecodeStep>>? AfterRun { get; set; }

    public int VocabularySize => _inner.VocabularySize;

    public int MaxSequenceLength => _inner.MaxSequenceLength;

    public int MaxBatchSize => 8;

    public bool IsDisposed => _inner.IsDisposed;

    public IDecoderSequence CreateSequence(int capacity) => _inner.CreateSequence(capacity);

    public void Run(IReadOnlyList<DecodeStep> steps)
    {
        BeforeRun?.Invoke(steps);
        foreach (DecodeStep step in steps) _inner.Run([step]);
        AfterRun?.Invoke(steps);
    }

    public void Dispose() => _inner.Dispose();
}
