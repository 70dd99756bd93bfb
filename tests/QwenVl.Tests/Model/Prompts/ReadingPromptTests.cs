using QwenVl.Model.Prompts;

namespace QwenVl.Tests.Model.Prompts;

public sealed class ReadingPromptTests
{
    [Theory]
    [InlineData("What is written on the sign?")]
    [InlineData("READ this")]
    [InlineData("Translate it into German.")]
    [InlineData("How much does it say?")]
    [InlineData("Was steht auf dem Schild?")]
    [InlineData("Übersetze das.")]
    [InlineData("上面写了什么？")]
    [InlineData("请翻译")]
    public void Prompts_about_something_written_match(string prompt) => Assert.True(ReadingPrompt.Matches(prompt));

    [Theory]
    [InlineData("How many shapes are there?")]
    [InlineData("Describe the picture.")]
    [InlineData("Is there bread on the table?")]
    [InlineData("Welche Farbe hat der Stern?")]
    [InlineData("有几个形状？")]
    [InlineData("")]
    public void Other_prompts_do_not(string prompt) => Assert.False(ReadingPrompt.Matches(prompt));
}
