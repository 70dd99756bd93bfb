using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using QwenVl.Model.Execution;
using QwenVl.Model.Prompts;
using QwenVl.Model.Sampling;
using QwenVl.Runtime.Decoding;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Queueing;
using QwenVl.Runtime.Telemetry;
using QwenVl.Runtime.Tenancy;
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

    [Fact]
    public async Task Long_prompts_delay_no_token_of_others_by_more_than_a_steps_tokens()
    {
        const int StepTokens = 16;
        using var gate = new Gate(2);
        var steps = new List<DecodeStep[]>();
        var decoder = new BatchedHashDecoder { BeforeRun = _ => gate.Pass(), AfterRun = run => steps.Add([.. run]) };
        using DecodeWorker worker = Worker(decoder, new DecodeLimits { StepTokens = StepTokens });
        Generation first = worker.Start(Request("First?") with { StopTokenIds = [], MaxNewTokens = 80 }, default);
        await gate.ArrivedAsync();
        Generation[] longs = [.. Enumerable.Range(0, 3).Select(i => worker.Start(Request(new string((char)('a' + i), 150)) with { StopTokenIds = [] }, default))];
        gate.Open();
        await Task.WhenAll([first.Completion, .. longs.Select(generation => generation.Completion)]);

        Assert.All(steps, step => Assert.InRange(step.Sum(one => one.Tokens.Length), 1, StepTokens));
        IDecoderSequence answering = steps[0][0].Sequence;
        int begun = steps.FindIndex(step => step.Length > 1), last = steps.FindLastIndex(step => step.Any(one => one.Sequence == answering));
        // The prompts take longer than the answer, and it still gets a token a step.
        Assert.True(last - begun > 20, $"{begun} to {last}");
        Assert.All(steps[begun..last], step => Assert.Single(step, one => one.Sequence == answering && one.Tokens.Length == 1));
    }

    [Fact]
    public async Task More_sequences_than_a_step_takes_answer_as_each_does_alone()
    {
        string[] questions = [.. Enumerable.Range(0, 7).Select(i => $"What does sign {i} say?")];
        int[][] alone = [.. await AnswersAsync(questions, batch: 1)];
        using var gate = new Gate();
        using DecodeWorker worker = Worker(new BatchedHashDecoder { BeforeRun = _ => gate.Pass() }, new DecodeLimits { BatchSize = 2, Sequences = 5, PrefillChunk = 7 });
        Generation[] generations = [.. questions.Select(question => worker.Start(Request(question), default))];
        await gate.ArrivedAsync();
        gate.Let(1);
        await gate.ArrivedAsync();
        Assert.Equal(5, worker.ActiveSequences);
        gate.Open();
        Assert.Equal(alone, await Task.WhenAll(generations.Select(ReadAsync)));
    }

    [Fact]
    public async Task A_question_waits_until_its_whole_reservation_fits()
    {
        GenerationRequest request = Request("Fits?");
        using var gate = new Gate();
        using DecodeWorker worker = Worker(new BatchedHashDecoder { BeforeRun = _ => gate.Pass() }, new DecodeLimits { CachedTokens = 2 * request.Capacity - 1 });
        Generation first = worker.Start(request, default), second = worker.Start(request, default);
        await gate.ArrivedAsync();
        gate.Let(1);
        await gate.ArrivedAsync();
        Assert.Equal((1, 1), (worker.ActiveSequences, worker.Waiting));
        gate.Open();
        Assert.Equal(await ReadAsync(first), await ReadAsync(second));
    }

    [Fact]
    public void A_question_that_can_never_fit_is_refused_at_once()
    {
        GenerationRequest request = Request("Fits?");
        using DecodeWorker worker = Worker(new BatchedHashDecoder(), new DecodeLimits { CachedTokens = request.Capacity - 1 });
        Assert.Equal(RequestReason.PromptTooLong, Assert.Throws<RequestException>(() => worker.Start(request, default)).Reason);
    }

    [Fact]
    public async Task A_deadline_ends_what_runs_and_what_waits_within_a_step_though_no_token_fires()
    {
        var time = new FakeTimeProvider();
        using var gate = new Gate(2);
        using DecodeWorker worker = Worker(new BatchedHashDecoder { BeforeRun = _ => gate.Pass() }, batch: 1, time: time);
        RequestTerms terms = new() { Deadline = time.GetUtcNow() + TimeSpan.FromSeconds(1) };
        Generation running = worker.Start(Request("One?") with { Terms = terms }, default), waiting = worker.Start(Request("Two?") with { Terms = terms }, default);
        Generation next = worker.Start(Request("Three?"), default);
        await gate.ArrivedAsync();
        time.Advance(TimeSpan.FromSeconds(1));
        gate.Let(1);
        await gate.ArrivedAsync();

        // The step at the gate is the next one's already.
        foreach (Generation late in (Generation[])[running, waiting])
            Assert.Equal(RequestReason.DeadlineExceeded, (await Assert.ThrowsAsync<RequestException>(() => late.Completion)).Reason);
        gate.Open();
        Assert.Equal((await AnswersAsync(["Three?"], batch: 1))[0], await ReadAsync(next));
    }

    [Fact]
    public async Task A_tenant_that_asks_one_thing_does_not_wait_for_all_of_anothers()
    {
        using var gate = new Gate();
        var entered = new List<int>();
        var decoder = new BatchedHashDecoder { BeforeRun = _ => gate.Pass(), AfterRun = steps => { if (steps[0].Tokens.Length > 1) entered.Add(steps[0].Tokens.Length); } };
        using DecodeWorker worker = Worker(decoder, batch: 1);
        Generation[] greedy = [.. Enumerable.Range(0, 8).Select(i => worker.Start(Request($"{i}?"), default))];
        GenerationRequest one = Request("One that is longer than the others?") with { Terms = new RequestTerms { Tenant = new Tenant("modest") } };
        Generation modest = worker.Start(one, default);
        gate.Open();
        await Task.WhenAll([modest.Completion, .. greedy.Select(generation => generation.Completion)]).WaitAsync(Waiting.Limit);

        // Behind the one that was in the decoder already and, where that had left the queue empty, one that came before.
        Assert.InRange(entered.IndexOf(one.Prompt.Length), 1, 2);
    }

    [Fact]
    public async Task Whatever_happens_to_questions_nothing_stays_counted()
    {
        using var reserved = new MetricCollector<long>(_metrics.Factory, RuntimeMetrics.MeterName, "qwenvl.kv.reserved");
        using var used = new MetricCollector<long>(_metrics.Factory, RuntimeMetrics.MeterName, "qwenvl.kv.used");
        using var waiting = new MetricCollector<long>(_metrics.Factory, RuntimeMetrics.MeterName, "qwenvl.queue.length");
        using var dropped = new MetricCollector<long>(_metrics.Factory, RuntimeMetrics.MeterName, "qwenvl.queue.dropped");
        using var gate = new Gate();
        using (DecodeWorker worker = Worker(new BatchedHashDecoder { BeforeRun = _ => gate.Pass() }, batch: 2, queue: 3))
        {
            using var leave = new CancellationTokenSource();
            Generation[] all = [.. Enumerable.Range(0, 3).Select(i => worker.Start(Request($"{i}?"), i > 0 ? leave.Token : default))];
            await gate.ArrivedAsync();
            gate.Let(1);
            await gate.ArrivedAsync();
            Assert.Equal((2, 1), (worker.ActiveSequences, worker.Waiting));
            Assert.True(reserved.GetMeasurementSnapshot().Sum(measured => measured.Value) > used.GetMeasurementSnapshot().Sum(measured => measured.Value));
            await leave.CancelAsync();
            gate.Open();
            await all[0].Completion;
            foreach (Generation left in all[1..]) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left.Completion);
        }

        foreach (MetricCollector<long> counter in (MetricCollector<long>[])[reserved, used, waiting])
            Assert.Equal(0, counter.GetMeasurementSnapshot().Sum(measured => measured.Value));
        Assert.Equal("cancelled", Assert.Single(dropped.GetMeasurementSnapshot()).Tags["reason"]);
    }

    public void Dispose() => _metrics.Dispose();

    private async Task<int[][]> AnswersAsync(string[] questions, int batch)
    {
        using DecodeWorker worker = Worker(new BatchedHashDecoder(), batch, chunk: 7);
        Generation[] generations = [.. questions.Select(question => worker.Start(Request(question), default))];
        return await Task.WhenAll(generations.Select(ReadAsync));
    }

    private DecodeWorker Worker(ITextDecoder decoder, int batch = 8, int queue = 16, int chunk = 512, TimeProvider? time = null) =>
        Worker(decoder, new DecodeLimits { BatchSize = batch, QueueLength = queue, PrefillChunk = chunk }, time);

    private DecodeWorker Worker(ITextDecoder decoder, DecodeLimits limits, TimeProvider? time = null) => new(decoder, limits, _metrics.Runtime, time ?? TimeProvider.System);

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
