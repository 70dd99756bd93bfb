using QwenVl.Protos.V1;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Server.Streaming;

public sealed class LoadHintTests
{
    [Fact]
    public async Task An_idle_server_says_that_nobody_waits_and_how_fast_it_writes()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using TestStream stream = TestStream.Open(server);
        await stream.SendAsync(stream.Hello());
        ServerLoad before = (await stream.ReadAsync()).Welcome.Load;
        await stream.AskAsync(QuestionTests.Question(1));
        // A question's last message is written while its own place is being freed: the next one's says what follows it.
        TestAnswer answer = await stream.AskAsync(QuestionTests.Question(2));

        Assert.Equal(new ServerLoad(), before);
        Assert.Equal((0, 0), (answer.Timings.Load.WaitSeconds, answer.Timings.Load.FeatureWaitSeconds));
        Assert.True(answer.Timings.Load.TokenSeconds > 0);
    }

    [Fact]
    public async Task A_server_whose_decoder_is_full_says_how_long_the_next_question_would_wait()
    {
        using var gate = new Gate();
        var hooks = new BackendHooks();
        await using RunningServer server = await RunningServer.StartAsync(hooks: hooks, flags: ["--max-batch-size", "1"]);
        using TestStream busy = await TestStream.GreetAsync(server), other = TestStream.Open(server);
        await busy.AskAsync(QuestionTests.Question(1));
        hooks.Decoding = _ => gate.Pass();
        await busy.SendAsync(new ClientMessage { Ask = QuestionTests.Question(2) });
        await gate.ArrivedAsync();
        await other.SendAsync(other.Hello());

        Assert.True((await other.ReadAsync()).Welcome.Load.WaitSeconds > 0);
        gate.Open();
        await busy.AnswerAsync();
    }
}
