using QwenVl.Protos.V1;

namespace QwenVl.Tests.Server.Fakes;

/// <summary>All messages of one question.</summary>
internal sealed record TestAnswer(List<ServerMessage> Messages)
{
    /// <summary>The tokens; their numbers are found to have no gap.</summary>
    public int[] Tokens
    {
        get
        {
            int next = -1;
            var ids = new List<int>();
            foreach (Tokens tokens in Messages.Where(message => message.Tokens is not null).Select(message => message.Tokens))
            {
                if (next >= 0) Assert.Equal(next, tokens.FirstIndex);
                next = tokens.FirstIndex + tokens.Ids.Count;
                ids.AddRange(tokens.Ids);
            }

            return [.. ids];
        }
    }

    public ServerMessage Last => Messages[^1];

    public Finished Finished => Last.Finished;

    public QuestionFailed Failed => Last.QuestionFailed;

    public ServerTimings Timings => Messages.Single(message => message.Timings is not null).Timings;
}
