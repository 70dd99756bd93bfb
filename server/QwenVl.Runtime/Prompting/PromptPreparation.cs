using Microsoft.Extensions.Options;
using QwenVl.Model.Prompts;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Hosting;

namespace QwenVl.Runtime.Prompting;

/// <summary>Renders conversations within the limits.</summary>
public sealed class PromptPreparation(IOptions<RuntimeOptions> options)
{
    // No token is shorter than a byte and none of this vocabulary's is much longer than its longest word.
    private const int MostCharactersPerToken = 64;

    /// <summary>Renders a conversation.</summary>
    /// <exception cref="RequestException">It is empty, too long, or has no form in the template.</exception>
    public Prompt Build(HostedModel model, IReadOnlyList<ChatTurn> turns)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(turns);
        if (string.IsNullOrWhiteSpace(turns[^1].Text)) throw RequestException.Invalid(RequestReason.EmptyPrompt, "The prompt is empty. Ask something.");
        int most = Math.Min(options.Value.MaxPromptTokens, model.Decoder.MaxSequenceLength - 1);
        // Before anything of that size is made: a picture that is named a thousand times costs the sender four bytes each.
        if (turns.Sum(turn => turn.Images.Sum(image => (long)image.Tokens)) > most) throw TooLong("more visual tokens than the", most);
        if (turns.Sum(turn => (long)turn.Text.Length) > (long)most * MostCharactersPerToken) throw TooLong("far more tokens than", most);
        try
        {
            Prompt prompt = model.Prompts.Build(turns);
            return prompt.Length <= most ? prompt : throw TooLong($"{prompt.Length} tokens, visual ones included, where", most);
        }
        catch (ArgumentException error)
        {
            throw RequestException.Invalid(RequestReason.BadConversation, error.Message);
        }
    }

    /// <summary>Checks the answer so far.</summary>
    /// <exception cref="RequestException">It holds what are no tokens, or is too long.</exception>
    public void CheckPrefix(HostedModel model, Prompt prompt, IReadOnlyList<int> prefix)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(prefix);
        int vocabulary = model.Tower.Config.Text.VocabularySize, most = MaxNewTokens(model, prompt, 0);
        if (prefix.Count > most || prefix.Any(id => id < 0 || id >= vocabulary))
            throw RequestException.Invalid(RequestReason.BadAnswerPrefix, $"The answer so far must be at most {most} token ids under {vocabulary}.");
    }

    /// <summary>The most tokens of an answer to a prompt.</summary>
    /// <param name="model">The writer.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="asked">What was asked for; 0 for the server's limit.</param>
    /// <exception cref="RequestException">The number asked for is negative.</exception>
    public int MaxNewTokens(HostedModel model, Prompt prompt, int asked)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompt);
        if (asked < 0) throw RequestException.Invalid(RequestReason.BadRequest, $"max_new_tokens is {asked}; it is 0 for the server's limit, or more.");
        int most = Math.Min(options.Value.MaxNewTokens, model.Decoder.MaxSequenceLength - prompt.Length);
        return asked > 0 ? Math.Min(asked, most) : most;
    }

    private static RequestException TooLong(string what, int most) =>
        RequestException.Invalid(RequestReason.PromptTooLong, $"The prompt has {what} at most {most} are accepted. Shorten it or ask for a smaller resolution.");
}
