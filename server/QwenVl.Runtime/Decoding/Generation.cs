using System.Threading.Channels;

namespace QwenVl.Runtime.Decoding;

/// <summary>An answer under way: its tokens as they come, and its end.</summary>
public sealed class Generation
{
    private readonly Channel<GeneratedToken> _tokens = Channel.CreateUnbounded<GeneratedToken>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly TaskCompletionSource<GenerationResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _limit;

    internal Generation(GenerationRequest request, CancellationToken cancellation) => (Request, Cancellation, _limit) = (request, cancellation, request.TakeOverAt);

    /// <summary>The tokens, numbered without gaps from the prefix's length on. Bounded by the answer's most tokens.</summary>
    public ChannelReader<GeneratedToken> Tokens => _tokens.Reader;

    /// <summary>The end; after it no token comes.</summary>
    public Task<GenerationResult> Completion => _completion.Task;

    /// <summary>What is generated.</summary>
    public GenerationRequest Request { get; }

    internal CancellationToken Cancellation { get; }

    /// <summary>The answer has as many tokens as are wanted from here.</summary>
    internal int Limit => Volatile.Read(ref _limit);

    /// <summary>Generates no token of index <paramref name="index"/> or later that is not generated already.</summary>
    public void StopAt(int index)
    {
        int limit;
        do limit = Volatile.Read(ref _limit);
        while (index < limit && Interlocked.CompareExchange(ref _limit, index, limit) != limit);
    }

    internal void Write(GeneratedToken token) => _tokens.Writer.TryWrite(token);

    internal void Complete(GenerationResult result)
    {
        _tokens.Writer.TryComplete();
        _completion.TrySetResult(result);
    }

    internal void Fail(Exception error)
    {
        _tokens.Writer.TryComplete(error);
        if (error is OperationCanceledException) _completion.TrySetCanceled(Cancellation);
        else _completion.TrySetException(error);
    }
}
