using QwenVl.Tests.Golden;

namespace QwenVl.Tests.Model.Vision;

public sealed class ImagePreprocessorTests
{
    [Fact]
    public void Grids_and_resized_pictures_are_those_of_transformers()
    {
        Measurement[] measurements = [.. PictureCheck.Run(GoldenFolder.Set)];

        Assert.Equal(28, measurements.Length);
        Assert.All(measurements, measurement => Assert.True(measurement.Passes, measurement.ToString()));
    }
}
