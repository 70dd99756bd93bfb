using Microsoft.Extensions.Time.Testing;
using QwenVl.Client.Routing;

namespace QwenVl.Tests.Client.Routing;

public sealed class NetworkMonitorTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly NetworkMonitor _network;

    public NetworkMonitorTests() => _network = new NetworkMonitor(_time);

    [Fact]
    public void What_nobody_has_measured_the_app_may_say_and_a_measurement_overrules_it()
    {
        Assert.Equal(new NetworkFacts(), _network.Facts(DeviceHints.None));

        var hints = new DeviceHints { UpBytesPerSecond = 1000, DownBytesPerSecond = 2000 };
        Assert.Equal((1000, 2000), (_network.Facts(hints).UpBytesPerSecond, _network.Facts(hints).DownBytesPerSecond));

        _network.Received(1_000_000, TimeSpan.FromSeconds(2));
        Assert.Equal((1000, 500_000), (_network.Facts(hints).UpBytesPerSecond, _network.Facts(hints).DownBytesPerSecond!.Value));
    }

    [Fact]
    public void An_upload_is_timed_without_the_round_trip_of_its_confirmation()
    {
        _network.Answered(TimeSpan.FromMilliseconds(100));
        _network.Sent(100_000, TimeSpan.FromMilliseconds(1100));

        Assert.Equal(100_000, _network.Facts(DeviceHints.None).UpBytesPerSecond!.Value, 1e-3);
    }

    [Fact]
    public void A_new_connection_is_a_new_network()
    {
        _network.Answered(TimeSpan.FromSeconds(3));
        _network.Connected(TimeSpan.FromMilliseconds(40));

        Assert.Equal(TimeSpan.FromMilliseconds(20), _network.Facts(DeviceHints.None).RoundTrip);
    }

    [Fact]
    public void New_transfers_count_more_than_old_ones()
    {
        for (int i = 0; i < 5; i++) _network.Received(1_000_000, TimeSpan.FromSeconds(0.1));
        for (int i = 0; i < 12; i++) _network.Received(1_000_000, TimeSpan.FromSeconds(4));

        Assert.InRange(_network.Facts(DeviceHints.None).DownBytesPerSecond!.Value, 240_000, 260_000);
    }

    [Fact]
    public void After_a_silence_the_next_transfer_decides()
    {
        for (int i = 0; i < 20; i++) _network.Received(1_000_000, TimeSpan.FromSeconds(0.1));
        _time.Advance(TimeSpan.FromSeconds(100));
        _network.Received(1_000_000, TimeSpan.FromSeconds(4));

        Assert.InRange(_network.Facts(DeviceHints.None).DownBytesPerSecond!.Value, 250_000, 260_000);
    }

    [Fact]
    public void What_is_old_is_not_known()
    {
        _network.Received(1_000_000, TimeSpan.FromSeconds(1));
        _network.Answered(TimeSpan.FromMilliseconds(30));
        _time.Advance(NetworkMonitor.Stale + TimeSpan.FromSeconds(1));

        Assert.Equal(new NetworkFacts(), _network.Facts(DeviceHints.None));
    }

    [Fact]
    public void Few_bytes_and_no_time_measure_nothing()
    {
        _network.Received(NetworkMonitor.LeastBytes - 1, TimeSpan.FromSeconds(1));
        _network.Received(1_000_000, TimeSpan.Zero);
        _network.Sent(0, TimeSpan.FromSeconds(1));

        Assert.Equal(new NetworkFacts(), _network.Facts(DeviceHints.None));
    }
}
