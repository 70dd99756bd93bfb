using QwenVl.Pictures.Randomness;

namespace QwenVl.Tests.Pictures.Randomness;

public sealed class PictureRandomTests
{
    [Fact]
    public void The_numbers_of_a_seed_never_change()
    {
        var random = new PictureRandom(1, 2, 3);

        // From another implementation of SplitMix64 and xoshiro256**.
        ulong[] expected = [15979012366901671198, 18033989918729005232, 14516301596816026385];
        ulong[] numbers = [random.Next(), random.Next(), random.Next()];
        Assert.Equal(expected, numbers);
    }

    [Fact]
    public void Seed_stream_and_index_each_give_other_numbers()
    {
        ulong[] first = [new PictureRandom(1, 1, 1).Next(), new PictureRandom(2, 1, 1).Next(), new PictureRandom(1, 2, 1).Next(), new PictureRandom(1, 1, 2).Next()];

        Assert.Equal(4, first.Distinct().Count());
    }

    [Fact]
    public void Weights_decide_how_often_an_index_comes()
    {
        var random = new PictureRandom(7, 0, 0);
        int[] counts = new int[3];
        for (int i = 0; i < 10_000; i++) counts[random.PickWeighted([0.7, 0, 0.3])]++;

        Assert.InRange(counts[0], 6_800, 7_200);
        Assert.Equal(0, counts[1]);
    }
}
