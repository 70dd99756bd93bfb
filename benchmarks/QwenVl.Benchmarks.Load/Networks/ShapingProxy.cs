using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using QwenVl.Benchmarks.Load.Scenarios;

namespace QwenVl.Benchmarks.Load.Networks;

/// <summary>A TCP proxy on this machine that makes its connections as slow as a network. Each connection is a link of its own.</summary>
internal sealed class ShapingProxy : IAsyncDisposable
{
    /// <summary>Small enough that a slow link looks smooth.</summary>
    private const int ReadBytes = 4 * LinkDirection.SegmentBytes;

    /// <summary>What is read ahead of a slow link at least, as a router's buffer would hold it.</summary>
    private const int LeastBufferedReads = 4;

    /// <summary>How long a router's buffer lasts at the link's rate.</summary>
    private const double BufferedMs = 100;

    /// <summary>What the system reads ahead of this program: little, or it would be a buffer of the link's own.</summary>
    private const int ReceiveBufferBytes = 16 * 1024;

    /// <summary>How much may be on the way of a link without a rate.</summary>
    private const double UnlimitedKbps = 1_000_000;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly NetworkOptions _shape;
    private readonly string _host;
    private readonly int _port;
    private readonly int _seed;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _accepting;
    private readonly HashSet<Task> _links = [];
    private readonly Lock _lock = new();
    private int _held;

    /// <param name="target">Where connections go.</param>
    /// <param name="shape">How slow they are.</param>
    /// <param name="seed">Which segments stall.</param>
    /// <param name="time">The clock.</param>
    public ShapingProxy(Uri target, NetworkOptions shape, int seed, TimeProvider time)
    {
        (_host, _port, _shape, _seed, _time) = (target.Host, target.Port, shape, seed, time);
        // Before it listens: what it accepts inherits this.
        _listener.Server.ReceiveBufferSize = ReceiveBufferBytes;
        _listener.Start();
        Address = new UriBuilder(target) { Host = IPAddress.Loopback.ToString(), Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;
        _accepting = AcceptAsync();
    }

    /// <summary>Where to connect to instead of the target.</summary>
    public Uri Address { get; }

    /// <summary>Directions of links whose next bytes wait for their time.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _accepting;
        Task[] links;
        lock (_lock) links = [.. _links];
        await Task.WhenAll(links);
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            for (int number = 0; ; number++)
            {
                Socket client = await _listener.AcceptSocketAsync(_ending.Token);
                Task link = LinkAsync(client, new Random(unchecked(_seed + number)));
                lock (_lock)
                {
                    _links.RemoveWhere(other => other.IsCompleted);
                    _links.Add(link);
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The proxy is ending.
        }
    }

    private async Task LinkAsync(Socket client, Random random)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = ReceiveBufferBytes };
        using Socket owned = client;
        client.NoDelay = true;
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        try
        {
            await server.ConnectAsync(_host, _port, broken.Token);
            // One random for both directions would be used by two threads.
            var up = Direction(_shape.UpKbps, new Random(random.Next()));
            var down = Direction(_shape.DownKbps, new Random(random.Next()));
            await Task.WhenAll(CarryAsync(client, server, up, ReadsOnTheWay(_shape.UpKbps), broken), CarryAsync(server, client, down, ReadsOnTheWay(_shape.DownKbps), broken));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException or IOException)
        {
            // Whichever side broke, the other one sees a reset, as it would see it of a network.
            client.Close(0);
            server.Close(0);
        }
    }

    private async Task HoldAsync(TimeSpan wait, CancellationToken cancellation)
    {
        Task waiting = Task.Delay(wait, _time, cancellation);
        Interlocked.Increment(ref _held);
        try
        {
            await waiting;
        }
        finally
        {
            Interlocked.Decrement(ref _held);
        }
    }

    private LinkDirection Direction(double kbps, Random random) => new(
        kbps * 1000 / 8, TimeSpan.FromMilliseconds(_shape.RoundTripMs / 2), _shape.StallRatio, TimeSpan.FromMilliseconds(_shape.StallMs), random);

    /// <summary>What the link's length holds at its rate, and the buffer in front of it.</summary>
    private int ReadsOnTheWay(double kbps) => LeastBufferedReads + (int)((kbps > 0 ? kbps : UnlimitedKbps) / 8 * (_shape.RoundTripMs / 2 + BufferedMs) / ReadBytes);

    private async Task CarryAsync(Socket from, Socket to, LinkDirection link, int onTheWay, CancellationTokenSource broken)
    {
        Channel<(byte[] Bytes, TimeSpan Leaves)> under = Channel.CreateBounded<(byte[], TimeSpan)>(onTheWay);
        long start = _time.GetTimestamp();
        Task delivering = DeliverAsync(under.Reader, to, start, broken);
        try
        {
            while (true)
            {
                var buffer = new byte[ReadBytes];
                int read = await from.ReceiveAsync(buffer, broken.Token);
                if (read == 0) break;
                await under.Writer.WriteAsync((buffer[..read], link.Take(_time.GetElapsedTime(start), read)), broken.Token);
            }
        }
        catch
        {
            await broken.CancelAsync();
            throw;
        }
        finally
        {
            under.Writer.Complete();
            await delivering;
        }
    }

    private async Task DeliverAsync(ChannelReader<(byte[] Bytes, TimeSpan Leaves)> under, Socket to, long start, CancellationTokenSource broken)
    {
        try
        {
            await foreach ((byte[] bytes, TimeSpan leaves) in under.ReadAllAsync(broken.Token))
            {
                TimeSpan wait = leaves - _time.GetElapsedTime(start);
                if (wait > TimeSpan.Zero) await HoldAsync(wait, broken.Token);
                for (int sent = 0; sent < bytes.Length;) sent += await to.SendAsync(bytes.AsMemory(sent), broken.Token);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            await broken.CancelAsync();
            throw;
        }
    }
}
