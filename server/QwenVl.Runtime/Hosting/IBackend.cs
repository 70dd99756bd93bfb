using QwenVl.Engines.Building;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;

namespace QwenVl.Runtime.Hosting;

/// <summary>What runs engines: the towers and decoders of one execution library.</summary>
public interface IBackend
{
    /// <summary>The engines it takes.</summary>
    EngineBuildOptions Engine { get; }

    /// <summary>Why it can run nothing any more, in one line; null while it can.</summary>
    string? Failure => null;

    /// <summary>Loads an engine's vision tower; the caller disposes it.</summary>
    /// <exception cref="CheckpointException">The engine is damaged.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    IVisionEncoder LoadEncoder(EngineDirectory engine, CancellationToken cancellation);

    /// <summary>Loads an engine's decoder; the caller disposes it.</summary>
    /// <exception cref="CheckpointException">The engine is damaged.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    ITextDecoder LoadDecoder(EngineDirectory engine, CancellationToken cancellation);
}
