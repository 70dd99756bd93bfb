using QwenVl.Runtime.Preprocessing.Memory;
using QwenVl.Runtime.Queueing;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>One picture on its way to a worker.</summary>
/// <param name="file">The encoded picture.</param>
/// <param name="plan">What is done to it.</param>
/// <param name="bytes">Reserved for it; the worker splits off what the patches take, the rest stays with whoever asked.</param>
/// <param name="place">Given up when work begins.</param>
/// <param name="asked">When it was asked for.</param>
/// <param name="cancellation">Whoever asked has gone.</param>
internal sealed class PreparationJob(ReadOnlyMemory<byte> file, PreparationPlan plan, ByteReservation bytes, Lease place, long asked, CancellationToken cancellation)
{
    public ReadOnlyMemory<byte> File { get; } = file;

    public PreparationPlan Plan { get; } = plan;

    public ByteReservation Bytes { get; } = bytes;

    public Lease Place { get; } = place;

    public long Asked { get; } = asked;

    public CancellationToken Cancellation { get; } = cancellation;

    public TaskCompletionSource<PreparedImage> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
