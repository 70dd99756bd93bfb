using QwenVl.Benchmarks.Load.Server;

namespace QwenVl.Tests.Load.Server;

public sealed class MetricsPageTests
{
    private const string Page = """
        # HELP qwenvl_queue_length Requests that wait.
        # TYPE qwenvl_queue_length gauge
        qwenvl_queue_length{stage="vision"} 3 1700000000000
        qwenvl_queue_length{stage="decode",note="a \"quoted\\ one\", with } and \n"} 2
        nothing_here
        broken{a="b 1
        plain 1.5e3
        infinite +Inf
        encode_batch_bucket{tower="a",le="1"} 4
        encode_batch_bucket{tower="a",le="2"} 9
        encode_batch_bucket{tower="a",le="+Inf"} 10
        encode_batch_bucket{tower="b",le="1"} 1
        encode_batch_bucket{tower="b",le="2"} 1
        encode_batch_bucket{tower="b",le="+Inf"} 1
        """;

    [Fact]
    public void Samples_are_read_with_labels_and_timestamps()
    {
        MetricsPage page = MetricsPage.Parse(Page);

        Assert.Equal((5.0, 3.0, 1500.0, double.PositiveInfinity), (page.Sum("qwenvl_queue_length"), page.Sum("qwenvl_queue_length", "stage", "vision"), page.Sum("plain"), page.Sum("infinite")));
        Assert.Equal("a \"quoted\\ one\", with } and \n", page.Samples("qwenvl_queue_length").Last().Labels["note"]);
    }

    [Fact]
    public void What_is_not_there_is_unknown_and_not_zero()
    {
        MetricsPage page = MetricsPage.Parse(Page);

        Assert.Null(page.Sum("missing"));
        Assert.Null(page.Sum("qwenvl_queue_length", "stage", "other"));
        Assert.Null(page.Sum("broken"));
        Assert.Null(page.Sum("nothing_here"));
    }

    [Fact]
    public void A_histograms_buckets_are_counted_apart_and_over_all_labels()
    {
        Assert.Equal(new Dictionary<double, double> { [1] = 5, [2] = 5, [double.PositiveInfinity] = 1 }, MetricsPage.Parse(Page).Buckets("encode_batch"));
    }

    [Fact]
    public void Facts_are_what_grew_between_two_pages()
    {
        MetricsPage first = MetricsPage.Parse("""
            qwenvl_encode_batch_size_sum 10
            qwenvl_encode_batch_size_count 5
            qwenvl_encode_batch_size_bucket{le="1"} 3
            qwenvl_encode_batch_size_bucket{le="+Inf"} 5
            dotnet_process_cpu_time_seconds_total{cpu_mode="user"} 1
            """);
        MetricsPage last = MetricsPage.Parse("""
            qwenvl_encode_batch_size_sum 40
            qwenvl_encode_batch_size_count 10
            qwenvl_encode_batch_size_bucket{le="1"} 3
            qwenvl_encode_batch_size_bucket{le="+Inf"} 10
            dotnet_process_cpu_time_seconds_total{cpu_mode="user"} 3
            dotnet_process_cpu_time_seconds_total{cpu_mode="system"} 1
            dotnet_process_memory_working_set_bytes 1000
            qwenvl_feature_cache_lookups_total{outcome="hit"} 1
            qwenvl_feature_cache_lookups_total{outcome="miss"} 3
            """);

        ServerFacts facts = ServerFacts.Between(first, last, TimeSpan.FromSeconds(2));

        Assert.Equal((5.0, 30.0, 6.0, 1.5, 1000.0, 0.25), (facts.EncodeRuns, facts.EncodedPictures, facts.MeanBatchSize, facts.CpuCores, facts.WorkingSetBytes, facts.CacheHitRatio));
        Assert.Equal([new BatchBucket(null, 5)], facts.BatchSizes);
        Assert.Null(facts.QueueLength);
    }
}
