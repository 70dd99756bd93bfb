using Microsoft.Extensions.Configuration;
using QwenVl.Server.Configuration;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Server.Configuration;

public sealed class ServerSettingsTests
{
    [Theory]
    [InlineData("0", true)]
    [InlineData("300", true)]
    [InlineData("299", false)]
    public void A_cache_that_one_question_does_not_fit_into_is_a_mistake(string cached, bool isRight)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Runtime:ModelPath"] = TinyCheckpoint.Folder,
            ["Runtime:ClientModelPaths:0"] = TinyCheckpoint.Other,
            ["Runtime:MaxPromptTokens"] = "200",
            ["Runtime:MaxNewTokens"] = "100",
            ["Runtime:MaxCachedTokens"] = cached,
        }).Build();

        if (isRight) Assert.Equal(int.Parse(cached, System.Globalization.CultureInfo.InvariantCulture), ServerSettings.Read(configuration, []).Runtime.MaxCachedTokens);
        else Assert.Contains("300 in all", Assert.Single(Assert.Throws<StartException>(() => ServerSettings.Read(configuration, [])).Reasons), StringComparison.Ordinal);
    }
}
