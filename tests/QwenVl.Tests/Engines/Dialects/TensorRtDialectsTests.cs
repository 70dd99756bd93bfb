using QwenVl.Engines.Dialects;
using QwenVl.Model.Manifest;

namespace QwenVl.Tests.Engines.Dialects;

public sealed class TensorRtDialectsTests
{
    [Theory]
    [InlineData(100000, EngineDialect.TensorRt10)]
    [InlineData(100600, EngineDialect.TensorRt10)]
    [InlineData(101499, EngineDialect.TensorRt10)]
    [InlineData(101501, EngineDialect.TensorRt11)]
    [InlineData(110201, EngineDialect.TensorRt11)]
    [InlineData(10400, EngineDialect.TensorRt10)]
    [InlineData(10500, EngineDialect.TensorRt11)]
    [InlineData(10701, EngineDialect.TensorRt11)]
    public void The_library_s_version_decides(int version, EngineDialect dialect) => Assert.Equal(dialect, TensorRtDialects.For(version));

    [Theory]
    [InlineData(8601)]
    [InlineData(80601)]
    [InlineData(0)]
    public void Older_libraries_are_refused(int version) => Assert.Contains($"{version}", Assert.Throws<NotSupportedException>(() => TensorRtDialects.For(version)).Message, StringComparison.Ordinal);
}
