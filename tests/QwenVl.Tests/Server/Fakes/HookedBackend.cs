using QwenVl.Engines.Building;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Hosting;

namespace QwenVl.Tests.Server.Fakes;

/// <summary>The real backend, with a look before each thing it does: a hook may wait or throw.</summary>
internal sealed class HookedBackend(IBackend inner, BackendHooks hooks) : IBackend
{
    public EngineBuildOptions Engine => inner.Engine;

    public string? Failure => hooks.Failure;

    public IVisionEncoder LoadEncoder(EngineDirectory engine, CancellationToken cancellation) => new Encoder(inner.LoadEncoder(engine, cancellation), hooks);

    public ITextDecoder LoadDecoder(EngineDirectory engine, CancellationToken cancellation)
    {
        hooks.Loading?.Invoke();
        return new Decoder(inner.LoadDecoder(engine, cancellation), hooks);
    }

    private sealed class Encoder(IVisionEncoder inner, BackendHooks hooks) : IVisionEncoder
    {
        public int FeatureWidth => inner.FeatureWidth;

        public int TapCount => inner.TapCount;

        public int MaxBatchSize => inner.MaxBatchSize;

        public int MaxPatches => inner.MaxPatches;

        public IReadOnlyList<int> PatchBuckets => inner.PatchBuckets;

        public long PatchesOf(IReadOnlyList<ImagePatches> batch) => inner.PatchesOf(batch);

        public IReadOnlyList<ImageFeatures> Encode(IReadOnlyList<ImagePatches> batch)
        {
            hooks.Encoding?.Invoke(batch);
            return inner.Encode(batch);
        }

        public void Dispose() => inner.Dispose();
    }

    private sealed class Decoder(ITextDecoder inner, BackendHooks hooks) : ITextDecoder
    {
        public int VocabularySize => inner.VocabularySize;

        public int MaxSequenceLength => inner.MaxSequenceLength;

        public int MaxBatchSize => inner.MaxBatchSize;

        public int MaxSequences => inner.MaxSequences;

        public IDecoderSequence CreateSequence(int capacity) => inner.CreateSequence(capacity);

        public void Run(IReadOnlyList<DecodeStep> steps)
        {
            hooks.Decoding?.Invoke(steps);
            inner.Run(steps);
        }

        public void Dispose() => inner.Dispose();
    }
}
