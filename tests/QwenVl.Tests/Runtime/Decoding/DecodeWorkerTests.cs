using Microsoft.Extensions.Time.Testing;
using QwenVl.Model.Execution;
using QwenVl.Model.Prompts;
using QwenVl.Model.Sampling;
using QwenVl.Runtime.Decoding;
using QwenVl.Runtime.Errors;
using QwenVl.Tests.Client.Fakes;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Runtime.Decoding;

public sealed class DecodeWorkerTests : IDisposable
{
    private readonly TestMetrics _metrics = new();

    [Fact]
    public async Task Sequences_side_by_side_answer_as_each_does_alone()
    {
        string[] questions = ["Red?", "What does the sign over there say?", "Blue?", "Point at the circle.", "Why is the sky blue, and the sea too?"];
        int[][] alone = [.. await AnswersAsync(questions, batch: 1)], together = [.. await AnswersAsync(questions, batch: 4)];

        Assert.Equal(alone, together);
        Assert.True(alone.Select(answer => string.Join(',', answer)).Distinct().Count() == questions.Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(512)]
    public async Task The_size_of_prefill_chunks_changes_nothing(int chunk)
    {
        using DecodeWorker worker = Worker(new BatchedHashDecoder(), chunk: chunk);
        Assert.Equal((await AnswersAsync(["What does the sign say?"], batch: 1))[0], await ReadAsync(worker.Start(Request("What does the sign say?"), default)));
    }

    [Fact]
    public async Task An_answer_goes_on_from_what_exists_as_if_it_had_never_stopped()
    {
        int[] whole = (await AnswersAsync(["What does the sign say?"], batch: 1))[0];
        using DecodeWorker worker = Worker(new BatchedHashDecoder(), chunk: 4);
        for (int index = 0; index <= whole.Length; index += 5)
        {
            Generation generation = worker.Start(Request("What does the sign say?") with { AnswerPrefix = whole[..index] }, default);
            Assert.Equal(whole[index..], await ReadAsync(generation));
            Assert.Equal(whole.Length, (await generation.Completion).Count);
        }
    }

    [Fact]
    public async Task A_stop_token_ends_an_answer_and_is_not_part_of_it()
    {
        using DecodeWorker worker = Worker(new BatchedHashDecoder());
        int[] free = await ReadAsync(worker.Start(Request("Stop?") with { StopTokenIds = [] }, default));
        int at = Array.FindIndex(free, 5, id => Array.IndexOf(free, id) >= 5);
        Generation stopped = worker.Start(Request("Stop?") with { StopTokenIds = [free[at]] }, default);

        Assert.Equal(free[..Array.IndexOf(free, free[at])], await ReadAsync(stopped));
        Assert.Equal(GenerationEnd.Stop, (await stopped.Completion).End);
    }

    [Fact]
    public async Task An_answer_that_is_taken_over_ends_at_the_index()
    {
        using var gate = new Gate(4);
        using DecodeWorker worker = Worker(new BatchedHashDecoder { BeforeRun = _ => gate.Pass() });
        Generation generation = worker.Start(Request("Taken?"), default);
        await gate.ArrivedAsync();
        generation.StopAt(6);
        generation.StopAt(9);
        gate.Open();

        Assert.Equal(6, (await ReadAsync(generation)).Length);
        Assert.Equal((GenerationEnd.TakenOver, 6), await generation.Completion is var result ? (result.End, result.Count) : default);
    }

    [Fact]
    public async Task A_takeover_of_what_is_written_already_ends_at_once()
    {
        using var gate = new Gate(4);
        using DecodeWorker worker = Worker(new BatchedHashDecoder { BeforeRun = _ => gate.Pass() });
        Generation generation = worker.Start(Request("Taken?"), default);
        await gate.ArrivedAsync();
        generation.StopAt(0);
        gate.Open();

        Assert.Equal(4, (await generation.Completion).Count);
    }

    [Fact]
    public async Task A_cancelled_generation_leaves_within_a_step_and_one_that_waits_takes_its_place()
    {
        using var gate = new Gate(2);
        using DecodeWorker worker = Worker(new BatchedHashDecoder { BeforeRun = _ => gate.Pass() }, batch: 1);
        using var leave = new CancellationTokenSource();
        Generation leaving = worker.Start(Request("First?"), leave.Token), next = worker.Start(Request("Next?"), default);
        await gate.ArrivedAsync();
        await leave.CancelAsync();
        gate.Let(1);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving.Completion);
        gate.Open();

        Assert.Equal((await AnswersAsync(["Next?"], batch: 1))[0], await ReadAsync(next));
    }

    [Fact]
    public async Task A_failing_sequence_leaves_the_others_alone()
    {
        using var gate = new Gate();
        var decoder = new BatchedHashDecoder
        {
            BeforeRun = steps =>
            {
                gate.Pass();
                if (steps.Any(step => step.Tokens.Length > 100)) throw new InvalidOperationException("too long");
            },
        };
        using DecodeWorker worker = Worker(decoder);
        Generation first = worker.Start(Request("Alone?"), default);
        await gate.ArrivedAsync();
        Generation good = worker.Start(Request("Good?"), default), bad = worker.Start(Request(new string('b', 200)), default);
        gate.Open();

        await Assert.ThrowsAsync<InvalidOperationException>(() => bad.Completion);
        Assert.Equal(await AnswersAsync(["Alone?", "Good?"], batch: 1), [await ReadAsync(first), await ReadAsync(good)]);
    }

    [Fact]
    public async Task Logits_that_are_no_numbers_fail_their_sequence_and_not_the_thread()
    {
        var decoder = new BatchedHashDecoder { AfterRun = steps => steps[0].Logits = new float[] { float.NaN, float.NaN } };
        using DecodeWorker worker = Worker(decoder);
        await Assert.ThrowsAsync<InvalidOperationException>(() => worker.Start(Request("Broken?"), default).Completion);
        decoder.AfterRun = null;
        Assert.NotEmpty(await ReadAsync(worker.Start(Request("Good?"), default)));
    }

    [Fact]
    public async Task A_sequence_that_cannot_be_made_fails_its_generation()
    {
        using DecodeWorker worker = Worker(new BatchedHashDecoder());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => worker.Start(Request("Long?") with { MaxNewTokens = 10_000 }, default).Completion);
        Assert.NotEmpty(await ReadAsync(worker.Start(Request("Good?"), default)));
    }

    [Fact]
    public async Task More_than_may_wait_are_refused()
    {
        using var gate = new Gate();
        using DecodeWorker worker = Worker(new BatchedHashDecoder { BeforeRun = _ => gate.Pass() }, batch: 1, queue: 1);
        Generation running = worker.Start(Request("One?"), default);
        await gate.ArrivedAsync();
        Generation waiting = worker.Start(Request("Two?"), default);
        Assert.Equal(RequestReason.QueueFull, Assert.Throws<RequestException>(() => worker.Start(Request("Three?"), default)).Reason);
        gate.Open();
        await Task.WhenAll(running.Completion, waiting.Completion);
    }

    [Fact]
    public async Task Whoever_gives_up_waiting_leaves_the_queue_though_the_decoder_is_busy()
    {
        using var gate = new Gate();
        using DecodeWorker worker = Worker(new BatchedHashDecoder { BeforeRun = _ => gate.Pass() }, batch: 1, queue: 1);
        Generation running = worker.Start(Request("One?"), default);
        await gate.ArrivedAsync();
        using var leave = new CancellationTokenSource();
        Generation leaving = worker.Start(Request("Two?"), leave.Token);
        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving.Completion);
        Assert.Equal(0, worker.Waiting);
        Generation next = worker.Start(Request("Three?"), default);
        gate.Open();
        await Task.WhenAll(running.Completion, next.Completion);
    }

    [Fact]
    public async Task A_worker_that_ends_fails_what_runs_and_what_waits_and_frees_all()
    {
        using var gate = new Gate(1);
        var decoder = new BatchedHashDecoder { BeforeRun = _ => gate.Pass() };
        DecodeWorker worker = Worker(decoder, batch: 2);
        Generation[] all = [.. Enumerable.Range(0, 4).Select(i => worker.Start(Request($"{i}?"), default))];
        await gate.ArrivedAsync();
        Task ending = Task.Run(worker.Dispose);
        await Waiting.UntilAsync(() => worker.IsEnding, "the worker is told to end");
        gate.Open();
        await ending.WaitAsync(Waiting.Limit);

        foreach (Generation generation in all) Assert.Equal(RequestReason.Ending, (await Assert.ThrowsAsync<RequestException>(() => generation.Completion)).Reason);
        Assert.Equal(RequestReason.Ending, Assert.Throws<RequestException>(() => worker.Start(Request("Late?"), default)).Reason);
        Assert.True(decoder.IsDisposed);
    }

    [Fact]
    public async Task Times_are_those_of_the_clock()
    {
        var time = new FakeTimeProvider();
        using DecodeWorker worker = Worker(new BatchedHashDecoder { BeforeRun = steps => time.Advance(TimeSpan.FromSeconds(steps[0].Tokens.Length > 1 ? 10 : 1)) }, time: time);
        Generation generation = worker.Start(Request("When?") with { StopTokenIds = [], MaxNewTokens = 4 }, default);

        GenerationResult result = await generation.Completion;
        Assert.Equal((10, 3), (result.PrefillSeconds, result.DecodeSeconds));
    }

    public void Dispose() => _metrics.Dispose();

    private async Task<int[][]> AnswersAsync(string[] questions, int batch)
    {
        using DecodeWorker worker = Worker(new BatchedHashDecoder(), batch, chunk: 7);
        Generation[] generations = [.. questions.Select(question => worker.Start(Request(question), default))];
        return await Task.WhenAll(generations.Select(ReadAsync));
    }

    private DecodeWorker Worker(ITextDecoder decoder, int batch = 8, int queue = 16, int chunk = 512, TimeProvider? time = null) =>
        new(decoder, new DecodeLimits { BatchSize = batch, QueueLength = queue, PrefillChunk = chunk }, _metrics.Runtime, time ?? TimeProvider.System);

    private static GenerationRequest Request(string question) =>
        new(TinyModel.Prompts.Build([ChatTurn.User(question)]), null, [], 24, new SamplingParameters { Temperature = 0.7f, RepetitionPenalty = 1.2f, Seed = 5 }, []);

    private static async Task<int[]> ReadAsync(Generation generation)
    {
        var ids = new List<int>();
        await foreach (GeneratedToken token in generation.Tokens.ReadAllAsync())
        {
            Assert.Equal(generation.Request.AnswerPrefix.Count + ids.Count, token.Index);
            ids.Add(token.Id);
        }

        return [.. ids];
    }
}
