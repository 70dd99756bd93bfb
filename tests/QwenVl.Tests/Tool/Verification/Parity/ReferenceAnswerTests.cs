using QwenVl.Engines.Tool.Verification.Parity;

namespace QwenVl.Tests.Tool.Verification.Parity;

public sealed class ReferenceAnswerTests
{
    [Theory]
    [InlineData(true, 10f, 9.7f, -3f)]
    [InlineData(false, 10f, 9.9f, -3f)]
    [InlineData(false, 10f, 9.7f, -20f)]
    [InlineData(false, 4f, 4f, 0f)]
    public void A_choice_is_clear_where_the_gap_is_over_two_percent_of_the_largest_logit(bool clear, params float[] logits)
    {
        var fed = new FedAnswer();
        fed.Logits.Add(logits);

        Assert.Equal(clear, new ReferenceAnswer("a.png", [0], fed).IsClear(0));
    }
}
