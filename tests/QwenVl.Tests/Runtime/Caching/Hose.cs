using System.Net;
using System.Net.Sockets;

namespace QwenVl.Tests.Runtime.Caching;

/// <summary>A port that passes everything on to another, and that can be stepped on: connections stay open and nothing comes through.</summary>
internal sealed class Hose : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly int _target;
    private volatile TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Hose(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        Go();
        _ = Task.Run(AcceptAsync);
    }

    public int Port { get; }

    public void Stop() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Go() => _open.TrySetResult();

    public void Dispose()
    {
        _ending.Cancel();
        _listener.Dispose();
        Go();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient from = await _listener.AcceptTcpClientAsync(_ending.Token);
                _ = Task.Run(() => ConnectAsync(from));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ConnectAsync(TcpClient from)
    {
        using (from)
        using (var to = new TcpClient())
        {
            try
            {
                await to.ConnectAsync(IPAddress.Loopback, _target, _ending.Token);
                await Task.WhenAny(PumpAsync(from.GetStream(), to.GetStream()), PumpAsync(to.GetStream(), from.GetStream()));
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException)
            {
                // The other side is away.
            }
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[8192];
        try
        {
            while (await from.ReadAsync(buffer, _ending.Token) is > 0 and int length)
            {
                await _open.Task.WaitAsync(_ending.Token);
                await to.WriteAsync(buffer.AsMemory(0, length), _ending.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // One of the sides has left.
        }
    }
}
