using System.Runtime.InteropServices;
using QwenVl.TensorRt.Cuda;

namespace QwenVl.Tests.TensorRt.Cuda.Fakes;

/// <summary>
/// A CUDA driver whose device memory is the host's. Entry points are static, so one is in force at a time: the tests that
/// use it form one collection. Streams do their work at once, or with <see cref="Deferred"/> when they are waited for.
/// What the real driver would crash or corrupt on is noted in <see cref="Violations"/>.
/// </summary>
internal sealed unsafe partial class FakeCudaDriver : IDisposable
{
    public const long TotalMemory = 80_000_000_000;

    private static readonly Lock Gate = new();
    private static FakeCudaDriver? _current;
    private static nint _lastHandle = 0x1000;

    // Contexts that are current on a thread; the last one counts.
    [ThreadStatic]
    private static Stack<nint>? _threadContexts;

    private readonly List<string> _calls = [], _violations = [];
    private readonly Dictionary<nint, object> _objects = [];
    private readonly Dictionary<nint, FakeMemory> _memory = [];
    private readonly List<(string Name, int Call, CudaResult Result)> _failures = [];
    private readonly HashSet<string> _hidden = [];
    private readonly int[] _retained;
    private readonly nint[] _contexts;
    private int _workDone;

    public FakeCudaDriver(int devices = 2)
    {
        _retained = new int[devices];
        _contexts = [.. Enumerable.Range(0, devices).Select(_ => NextHandle())];
        lock (Gate) _current = this;
    }

    /// <summary>Whether work waits until somebody waits for it.</summary>
    public bool Deferred { get; set; }

    /// <summary>What the device says of the most bytes between two rows.</summary>
    public int MaxPitch { get; set; } = int.MaxValue;

    public int Version { get; set; } = 12080;

    /// <summary>Entry points called so far, in order.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (Gate) return [.. _calls];
        }
    }

    /// <summary>What the real driver would not have survived.</summary>
    public IReadOnlyList<string> Violations
    {
        get
        {
            lock (Gate) return [.. _violations];
        }
    }

    /// <summary>Streams, events, graphs and pieces of memory that were made and not given back.</summary>
    public int Living
    {
        get
        {
            lock (Gate) return _objects.Count + _memory.Count;
        }
    }

    public IReadOnlyList<FakeMemory> Memory
    {
        get
        {
            lock (Gate) return [.. _memory.Values];
        }
    }

    /// <summary>How often the devices' primary contexts are retained.</summary>
    public int Retained
    {
        get
        {
            lock (Gate) return _retained.Sum();
        }
    }

    /// <summary>Device of the context that is current on this thread, or -1.</summary>
    public int CurrentDevice => _threadContexts is { Count: > 0 } stack ? Array.IndexOf(_contexts, stack.Peek()) : -1;

    public CudaDriver Start() => CudaDriver.Start(name => _hidden.Contains(name) ? 0 : EntryPoints.GetValueOrDefault(name));

    /// <summary>Makes a coming call fail without doing anything.</summary>
    /// <param name="name">The entry point.</param>
    /// <param name="result">What it answers.</param>
    /// <param name="call">Which of the coming calls of it, from 1.</param>
    public void Fail(string name, CudaResult result, int call = 1)
    {
        lock (Gate) _failures.Add((name, call, result));
    }

    /// <summary>Makes the library have no such entry point.</summary>
    public void Hide(string name) => _hidden.Add(name);

    public void ForgetCalls()
    {
        lock (Gate) _calls.Clear();
    }

    public void Dispose()
    {
        lock (Gate)
        {
            foreach (nint memory in _memory.Keys) NativeMemory.AlignedFree((void*)memory);
            _memory.Clear();
            _threadContexts?.Clear();
            _current = null;
        }
    }

    private static nint NextHandle() => _lastHandle += 0x10;

    /// <summary>The body of every entry point: nothing may be thrown through native frames.</summary>
    private static CudaResult Call(Func<FakeCudaDriver, CudaResult> body, bool needsContext = true, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        lock (Gate)
        {
            if (_current is not { } fake) return CudaResult.Deinitialized;
            fake._calls.Add(name);
            if (fake.TakeFailure(name) is { } failure) return failure;
            if (needsContext && fake.CurrentDevice < 0) return fake.Violation(name, "no context is current", CudaResult.InvalidContext);
            if (needsContext && fake._retained[fake.CurrentDevice] == 0) return fake.Violation(name, "the context is released", CudaResult.ContextIsDestroyed);
            try
            {
                return body(fake);
            }
            catch (Exception error)
            {
                return fake.Violation(name, error.Message, CudaResult.InvalidHandle);
            }
        }
    }

    private CudaResult? TakeFailure(string name)
    {
        for (int i = 0; i < _failures.Count; i++)
        {
            if (_failures[i].Name != name) continue;
            if (_failures[i].Call == 1)
            {
                CudaResult result = _failures[i].Result;
                _failures.RemoveAt(i);
                return result;
            }

            _failures[i] = _failures[i] with { Call = _failures[i].Call - 1 };
        }

        return null;
    }

    private CudaResult Violation(string name, string what, CudaResult result)
    {
        _violations.Add($"{name}: {what}");
        return result;
    }

    private nint Own(object made)
    {
        nint handle = NextHandle();
        _objects.Add(handle, made);
        return handle;
    }

    private T Get<T>(nint handle)
        where T : class => _objects.GetValueOrDefault(handle) as T ?? throw new InvalidOperationException($"no {typeof(T).Name} has handle {handle:X}");

    private CudaResult Destroy<T>(nint handle)
        where T : class
    {
        Get<T>(handle);
        _objects.Remove(handle);
        return CudaResult.Success;
    }

    private CudaResult Allocate(nint* made, nuint bytes, bool onDevice, uint flags)
    {
        if (SpoilCaptures() is { } refused) return refused;
        *made = (nint)NativeMemory.AlignedAlloc(bytes, 256);
        new Span<byte>((void*)*made, (int)bytes).Fill(0xCD);
        _memory.Add(*made, new FakeMemory((long)bytes, onDevice, flags));
        return CudaResult.Success;
    }

    private CudaResult Free(nint memory, bool onDevice)
    {
        if (SpoilCaptures() is { } refused) return refused;
        if (!_memory.TryGetValue(memory, out FakeMemory? found) || found.OnDevice != onDevice) throw new InvalidOperationException("no such memory");
        _memory.Remove(memory);
        NativeMemory.AlignedFree((void*)memory);
        return CudaResult.Success;
    }

    /// <summary>What may not be called on a thread with a capture under way.</summary>
    private CudaResult? SpoilCaptures()
    {
        CudaResult? result = null;
        foreach (FakeStream stream in _objects.Values.OfType<FakeStream>())
        {
            if (stream.Capture is null || stream.CapturingThread != Environment.CurrentManagedThreadId) continue;
            stream.Spoilt = true;
            result = CudaResult.StreamCaptureUnsupported;
        }

        return result;
    }

    private void RequireDevice(nint address, nuint bytes)
    {
        if (!_memory.Any(memory => memory.Value.OnDevice && address >= memory.Key && address + (long)bytes <= memory.Key + memory.Value.Bytes))
            throw new InvalidOperationException($"{bytes} bytes at {address:X} are not device memory");
    }

    private CudaResult Enqueue(nint stream, string kind, Action run)
    {
        FakeStream queue = Get<FakeStream>(stream);
        var work = new FakeWork(kind, () =>
        {
            _workDone++;
            run();
        });
        if (queue.Capture is { } capture) capture.Add(work);
        else queue.Queue.Enqueue(work);
        if (!Deferred) queue.Drain();
        return CudaResult.Success;
    }

    private CudaResult CopyBytes(nint to, nint from, nuint bytes, nint stream, string kind) =>
        Enqueue(stream, kind, () => NativeMemory.Copy((void*)from, (void*)to, bytes));
}
