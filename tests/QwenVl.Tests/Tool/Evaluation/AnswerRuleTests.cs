using QwenVl.Engines.Tool.Evaluation;

namespace QwenVl.Tests.Tool.Evaluation;

public sealed class AnswerRuleTests
{
    private const string Box = """{"bbox_2d":[100,100,300,200],"label":"EXIT"}""";

    [Theory]
    [InlineData("The sign says \"EXIT\".", true)]
    [InlineData("The sign says \"EXIT\"", false)]
    [InlineData("the sign says \"EXIT\".", false)]
    [InlineData(" The sign says \"EXIT\".", false)]
    [InlineData("", false)]
    public void Text_must_be_the_same_to_the_character(string answer, bool right) =>
        Assert.Equal(right, AnswerRule.IsRight(answer, "The sign says \"EXIT\"."));

    [Theory]
    [InlineData(Box, true)]
    [InlineData("""{ "label": "EXIT", "bbox_2d": [100, 100, 300, 200] }""", true)]
    // Half of the union exactly, and less.
    [InlineData("""{"bbox_2d":[100,100,200,200],"label":"EXIT"}""", true)]
    [InlineData("""{"bbox_2d":[100,100,199,200],"label":"EXIT"}""", false)]
    [InlineData("""{"bbox_2d":[400,400,500,500],"label":"EXIT"}""", false)]
    [InlineData("""{"bbox_2d":[300,200,100,100],"label":"EXIT"}""", false)]
    [InlineData("""{"bbox_2d":[100,100,300,200],"label":"EXITS"}""", false)]
    [InlineData("""{"bbox_2d":[100,100,300,200]}""", false)]
    [InlineData("""{"bbox_2d":[100,100,300],"label":"EXIT"}""", false)]
    [InlineData("""{"bbox_2d":[100,100,300,"200"],"label":"EXIT"}""", false)]
    [InlineData("""{"bbox_2d":[100,100,300,200],"label":"EXIT" """, false)]
    [InlineData("[1]", false)]
    [InlineData("At the top.", false)]
    public void A_box_must_have_the_label_and_overlap_by_half(string answer, bool right) => Assert.Equal(right, AnswerRule.IsRight(answer, Box));
}
