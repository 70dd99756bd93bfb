using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using QwenVl.TensorRt.Callbacks;
using QwenVl.TensorRt.Logging;

namespace QwenVl.Tests.TensorRt.Callbacks;

[Collection(NativeLibraryTests.Name)]
public sealed unsafe class NativeLoggerTests
{
    private const int SlotOfGeneration10 = 0;
    private const int SlotOfGeneration11 = 4;

    [Theory]
    [InlineData(0, LogLevel.Error)]
    [InlineData(1, LogLevel.Warning)]
    [InlineData(2, LogLevel.Warning)]
    [InlineData(3, LogLevel.Debug)]
    [InlineData(4, LogLevel.Trace)]
    [InlineData(99, LogLevel.Trace)]
    public void Messages_of_both_generations_reach_a_registered_logger(int severity, LogLevel level)
    {
        var logger = new FakeLogger();
        using (TensorRtLog.Register(logger))
        {
            Log(NativeLogger.Generation10, SlotOfGeneration10, severity, "größe one");
            Log(NativeLogger.Generation11, SlotOfGeneration11, severity, "größe two");
        }

        Log(NativeLogger.Generation10, SlotOfGeneration10, severity, "after the end");
        Assert.Equal([(level, "TensorRT: größe one"), (level, "TensorRT: größe two")], logger.Collector.GetSnapshot().Select(record => (record.Level, record.Message)));
    }

    [Fact]
    public void Control_characters_of_a_message_are_shown_not_obeyed()
    {
        var logger = new FakeLogger();
        using IDisposable registration = TensorRtLog.Register(logger);

        Log(NativeLogger.Generation10, SlotOfGeneration10, 2, "got \u0005.\t.\u001b[2J\nline two");

        Assert.Equal("TensorRT: got \\x05.\t.\\x1b[2J\nline two", Assert.Single(logger.Collector.GetSnapshot()).Message);
    }

    [Fact]
    public void A_logger_registered_twice_hears_twice_until_each_has_ended()
    {
        var logger = new FakeLogger();
        IDisposable first = TensorRtLog.Register(logger);
        using IDisposable second = TensorRtLog.Register(logger);
        first.Dispose();
        first.Dispose();

        Log(NativeLogger.Generation10, SlotOfGeneration10, 2, "once");

        Assert.Single(logger.Collector.GetSnapshot());
    }

    [Fact]
    public void A_logger_that_throws_harms_neither_the_caller_nor_the_others()
    {
        var logger = new FakeLogger();
        using IDisposable bad = TensorRtLog.Register(new ThrowingLogger());
        using IDisposable good = TensorRtLog.Register(logger);

        Log(NativeLogger.Generation11, SlotOfGeneration11, 1, "heard");

        Assert.Single(logger.Collector.GetSnapshot());
    }

    [Fact]
    public void A_message_without_text_is_let_go() =>
        ((delegate* unmanaged[MemberFunction]<nint, int, byte*, void>)NativeCaller.Method(NativeLogger.Generation10, SlotOfGeneration10))(NativeLogger.Generation10, 1, null);

    [Fact]
    public void An_exception_is_told_errors_before_warnings_and_those_of_its_thread_before_others()
    {
        long mark = RecentMessages.Mark;
        RecentMessages.Add(LogSeverity.Warning, "warning");
        Assert.Equal(["warning"], RecentMessages.Since(mark));

        RecentMessages.Add(LogSeverity.Error, " error\n");
        RecentMessages.Add(LogSeverity.Error, "error");
        Assert.Equal(["error"], RecentMessages.Since(mark));

        mark = RecentMessages.Mark;
        var other = new Thread(() => RecentMessages.Add(LogSeverity.Error, "of another thread"));
        other.Start();
        other.Join();
        Assert.Equal(["of another thread"], RecentMessages.Since(mark));
        RecentMessages.Add(LogSeverity.Warning, "of this thread");
        Assert.Equal(["of this thread"], RecentMessages.Since(mark));
    }

    [Fact]
    public void Only_the_last_messages_are_kept()
    {
        long mark = RecentMessages.Mark;
        for (int message = 0; message < 1000; message++) RecentMessages.Add(LogSeverity.Error, $"{message}");

        Assert.InRange(RecentMessages.Since(mark).Count, 1, 16);
    }

    private static void Log(nint self, int slot, int severity, string message)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(message + "\0"))
            ((delegate* unmanaged[MemberFunction]<nint, int, byte*, void>)NativeCaller.Method(self, slot))(self, severity, text);
    }

    private sealed class ThrowingLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("the log is full");
    }
}
