using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace QwenVl.OnnxRuntime.Sessions;

/// <summary>
/// Threads that make several runs of one session side by side: small models keep a core busy better with a run of its own than
/// with a share of one. Not the thread pool's, which has connections to serve.
/// </summary>
internal sealed class RunThreads : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread[] _threads;

    /// <param name="count">Threads besides the caller's, 0 or more.</param>
    public RunThreads(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _threads = new Thread[count];
        for (int i = 0; i < count; i++)
        {
            _threads[i] = new Thread(Work) { Name = $"run {i + 1}", IsBackground = true };
            _threads[i].Start();
        }
    }

    /// <summary>Does something for each number below <paramref name="count"/>, on these threads and the caller's, and waits for all of it.</summary>
    /// <exception cref="Exception">The first that <paramref name="run"/> threw; what had begun was waited for.</exception>
    public void ForEach(int count, Action<int> run)
    {
        int next = -1;
        ExceptionDispatchInfo? error = null;
        int helpers = Math.Min(_threads.Length, count - 1);
        using var done = new CountdownEvent(helpers + 1);
        for (int i = 0; i < helpers; i++) _work.Add(Share);
        Share();
        done.Wait();
        error?.Throw();

        void Share()
        {
            try
            {
                for (int i = Interlocked.Increment(ref next); i < count && Volatile.Read(ref error) is null; i = Interlocked.Increment(ref next)) run(i);
            }
            catch (Exception failed)
            {
                Interlocked.CompareExchange(ref error, ExceptionDispatchInfo.Capture(failed), null);
            }
            finally
            {
                done.Signal();
            }
        }
    }

    /// <summary>Ends the threads; nothing is under way.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        foreach (Thread thread in _threads) thread.Join();
        _work.Dispose();
    }

    private void Work()
    {
        foreach (Action share in _work.GetConsumingEnumerable()) share();
    }
}
