using System.Numerics.Tensors;
using QwenVl.Model.Features;

namespace QwenVl.Tests.Model.Features;

public sealed class FeatureProjectionTests
{
    [Theory]
    [InlineData(256, 1e-5f)]
    [InlineData(512, 1e-5f)]
    [InlineData(2048, 0.15f)]
    public void Cosines_of_pictures_are_kept(int width, float tolerance)
    {
        var projection = new FeatureProjection(width);
        var random = new Random(1);
        float[] shared = Vector(random, width);
        for (int pair = 0; pair < 10; pair++)
        {
            float[] left = Vector(random, width), right = Vector(random, width);
            TensorPrimitives.MultiplyAdd<float>(shared, pair * 0.3f, right, right);
            TensorPrimitives.MultiplyAdd<float>(shared, pair * 0.3f, left, left);
            var projectedLeft = new float[512];
            var projectedRight = new float[512];
            projection.Project(left, projectedLeft);
            projection.Project(right, projectedRight);

            Assert.Equal(TensorPrimitives.CosineSimilarity<float>(left, right), TensorPrimitives.Dot<float>(projectedLeft, projectedRight), tolerance);
            Assert.Equal(1, TensorPrimitives.Norm<float>(projectedLeft), 1e-5f);
        }
    }

    [Fact]
    public void Rows_are_averaged()
    {
        var projection = new FeatureProjection(4);
        var one = new float[512];
        var two = new float[512];

        projection.Project([1, 2, 3, 4], one);
        projection.Project([0, 2, 4, 4, 2, 2, 2, 4], two);

        Assert.All(one.Zip(two), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void The_projection_never_changes()
    {
        var output = new float[512];
        new FeatureProjection(3).Project([1, 0, 0], output);

        // Vectors are stored by users: a change of these numbers is a change of the published projection.
        Assert.Equal(PublishedStart, output[..4], static (expected, actual) => MathF.Abs(expected - actual) < 1e-5f);
    }

    private static readonly float[] PublishedStart = [-0.01554f, -0.0186f, 0.01695f, -0.01479f];

    private static float[] Vector(Random random, int width) => [.. Enumerable.Range(0, width).Select(_ => random.NextSingle() * 2 - 1)];
}
