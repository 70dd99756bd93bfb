using System.Text.Json;
using QwenVl.Model.Vision;
using QwenVl.Tests.Golden;

namespace QwenVl.Tests.Model.Vision;

public sealed class ImagePreprocessorTests
{
    [Fact]
    public void Grids_and_token_counts_are_those_of_transformers()
    {
        foreach ((JsonElement image, long cap, JsonElement expected) in Cases())
        {
            ImageGrid grid = SmartResize.Fit(image.GetProperty("height").GetInt32(), image.GetProperty("width").GetInt32(), SmartResize.DefaultMinPixels, cap);

            Assert.Equal([1, grid.Height, grid.Width], expected.GetProperty("grid_thw").EnumerateArray().Select(side => side.GetInt32()));
            Assert.Equal(expected.GetProperty("tokens").GetInt32(), grid.Tokens);
        }
    }

    [Fact]
    public void Resized_pictures_are_within_two_levels_of_transformers_on_all_but_one_percent()
    {
        foreach ((JsonElement image, long cap, _) in Cases())
        {
            string file = image.GetProperty("file").GetString()!;
            ImagePatches actual = ImagePreprocessor.Prepare(GoldenFolder.Picture(file), cap);
            ImagePatches expected = GoldenFolder.ResizedPatches(file, cap);
            int apart = actual.Values.ToArray().Zip(expected.Values.ToArray()).Count(pair => Math.Abs(pair.First - pair.Second) > 2);

            Assert.Equal(expected.Grid, actual.Grid);
            Assert.True(apart <= actual.Values.Length / 100, $"{file} at {cap}: {apart} of {actual.Values.Length} values are over 2 levels apart.");
        }
    }

    private static IEnumerable<(JsonElement Image, long Cap, JsonElement Expected)> Cases()
    {
        foreach (JsonElement image in GoldenFolder.Json<JsonElement>("images.json").EnumerateArray())
            foreach (JsonProperty cap in image.GetProperty("caps").EnumerateObject())
                yield return (image, long.Parse(cap.Name, System.Globalization.CultureInfo.InvariantCulture), cap.Value);
    }
}
