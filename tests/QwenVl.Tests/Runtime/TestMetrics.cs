using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using QwenVl.Runtime.Telemetry;

namespace QwenVl.Tests.Runtime;

/// <summary>Metrics of a test's own.</summary>
internal sealed class TestMetrics : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public TestMetrics() => Runtime = new RuntimeMetrics(Factory);

    public RuntimeMetrics Runtime { get; }

    public IMeterFactory Factory => _services.GetRequiredService<IMeterFactory>();

    public void Dispose() => _services.Dispose();
}
