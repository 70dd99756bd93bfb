using QwenVl.Model.Prompts;
using QwenVl.Model.Text;
using QwenVl.Runtime.Decoding;

namespace QwenVl.Runtime.Hosting;

/// <summary>The checkpoint that writes tokens, ready to run.</summary>
/// <param name="Tower">Its vision tower; owned.</param>
/// <param name="Tokenizer">Its tokenizer.</param>
/// <param name="Prompts">Renders its prompts.</param>
/// <param name="Decoder">Runs its decoder; owned.</param>
public sealed record HostedModel(HostedTower Tower, QwenTokenizer Tokenizer, PromptBuilder Prompts, DecodeWorker Decoder) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Decoder.Dispose();
        Tower.Dispose();
    }
}
