using QwenVl.Engines.Tool.Display;
using QwenVl.Model.Manifest;
using QwenVl.Model.Prompts;
using QwenVl.Model.Text;
using QwenVl.Model.Vision;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Decoding;
using QwenVl.OnnxRuntime.Vision;

namespace QwenVl.Engines.Tool.Verification;

/// <summary>Runs an engine against everything that was recorded.</summary>
internal sealed class EngineCheck(GoldenSet set, EngineDirectory engine)
{
    /// <returns>Every difference, in the order of the pipeline.</returns>
    public IReadOnlyList<Measurement> Run(ProgressLine progress, CancellationToken cancellationToken)
    {
        GoldenFit.Require(set, engine.Config);
        progress.Report("texts", 0);
        QwenTokenizer tokenizer = QwenTokenizer.Load(engine.TokenizerPath);
        List<Measurement> found = [TokenizerCheck.Run(set, tokenizer)];
        progress.Report("pictures", 0);
        found.AddRange(PictureCheck.Run(set));
        found.AddRange(PromptCheck.Run(set, new PromptBuilder(tokenizer, engine.Config)));

        var options = new OnnxRuntimeOptions { MaxPatches = Math.Max(4, set.Cases.SelectMany(golden => golden.ImageGrids).Select(grid => grid.Patches).DefaultIfEmpty().Max()) };
        using OnnxVisionEncoder encoder = OnnxVisionEncoder.Load(engine, options);
        using OnnxTextDecoder decoder = OnnxTextDecoder.Load(engine, options);
        for (int i = 0; i < set.Cases.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress.Report(set.Cases[i].Name, (double)i / set.Cases.Count);
            found.AddRange(Case(set.Cases[i], encoder, decoder));
        }

        return found;
    }

    private IEnumerable<Measurement> Case(GoldenCase golden, OnnxVisionEncoder encoder, OnnxTextDecoder decoder)
    {
        bool visionLimited = !engine.Manifest.VisionWeights.IsQuantised(), decoderLimited = !engine.Manifest.DecoderWeights.IsQuantised();
        // The recorded features keep an error of the tower out of the decoder's numbers.
        var recorded = new GoldenPrompt(golden, engine.Config.ImageTokenId, GoldenPrompt.RecordedFeatures(set, golden));
        if (golden.Images.Length > 0)
        {
            IReadOnlyList<ImageFeatures> features = VisionCheck.Encode(set, golden, encoder);
            foreach (Measurement measured in VisionCheck.Run(set, golden, features, visionLimited)) yield return measured;
            var own = new GoldenPrompt(golden, engine.Config.ImageTokenId, features);
            yield return DecoderCheck.Logits("logits from own features", set, golden, own, decoder, visionLimited && decoderLimited);
        }

        yield return DecoderCheck.Logits("logits", set, golden, recorded, decoder, decoderLimited);
        foreach (Measurement measured in DecoderCheck.Answer(golden, recorded, decoder, decoderLimited)) yield return measured;
    }
}
