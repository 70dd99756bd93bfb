using QwenVl.Protos.V1;
using QwenVl.Runtime.Decoding;
using QwenVl.Runtime.Encoding;

namespace QwenVl.Server.Streaming;

/// <summary>Where one question's time goes. Its two halves, features and tokens, write different fields.</summary>
internal sealed class QuestionTimings(uint questionId, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private readonly ServerTimings _values = new() { QuestionId = questionId };
    private readonly Lock _lock = new();

    /// <summary>Seconds since the question arrived.</summary>
    public double Elapsed => time.GetElapsedTime(_start).TotalSeconds;

    public void Encoded(EncodeResult result)
    {
        lock (_lock)
        {
            _values.QueueSeconds += result.QueueSeconds;
            _values.EncodeSeconds += result.RunSeconds;
        }
    }

    public void EncodedForClient(EncodeResult result)
    {
        lock (_lock)
        {
            _values.QueueSeconds += result.QueueSeconds;
            _values.ClientEncodeSeconds += result.RunSeconds;
        }
    }

    public void FeaturesBegan()
    {
        lock (_lock)
            if (_values.FirstFeaturesSeconds == 0) _values.FirstFeaturesSeconds = Elapsed;
    }

    /// <summary>Marks the first token.</summary>
    /// <returns>True the first time.</returns>
    public bool TokensBegan()
    {
        lock (_lock)
        {
            if (_values.FirstTokenSeconds != 0) return false;
            _values.FirstTokenSeconds = Elapsed;
            return true;
        }
    }

    public void Generated(GenerationResult result, int tokens)
    {
        lock (_lock)
        {
            _values.QueueSeconds += result.QueueSeconds;
            _values.PrefillSeconds = result.PrefillSeconds;
            _values.DecodeSeconds = result.DecodeSeconds;
            _values.GeneratedTokens = tokens;
        }
    }

    /// <summary>The message that ends a question's times.</summary>
    /// <param name="images">The question's pictures.</param>
    /// <param name="load">What the next question may expect.</param>
    public ServerMessage ToMessage(IReadOnlyCollection<ImageEncoding> images, ServerLoad load)
    {
        lock (_lock)
        {
            _values.PreprocessSeconds = images.Sum(image => image.PreprocessSeconds);
            _values.VisualTokens = images.Sum(image => image.Grid.Tokens);
            _values.TotalSeconds = Elapsed;
            _values.Load = load;
            return new ServerMessage { Timings = _values.Clone() };
        }
    }
}
