using QwenVl.Pictures.Backdrops;
using QwenVl.Pictures.Degrading;
using QwenVl.Pictures.Files;
using QwenVl.Pictures.Fonts;
using QwenVl.Pictures.Geometry;
using QwenVl.Pictures.Labels;
using QwenVl.Pictures.Questions;
using QwenVl.Pictures.Randomness;
using QwenVl.Pictures.Scenes;
using QwenVl.Pictures.Signs;

namespace QwenVl.Pictures;

/// <summary>Draws pictures; one instance a thread. The same seed, index and split give the same picture.</summary>
public sealed class PictureGenerator : IDisposable
{
    private readonly GlyphOutlines _outlines = new();
    private readonly PictureOptions _options;
    private readonly PictureOptions _fine;
    private readonly SignPlanner _signs;

    /// <param name="fonts">Fonts; shared, not owned.</param>
    /// <param name="options">Sizes and degradations.</param>
    public PictureGenerator(FontShelf fonts, PictureOptions options)
    {
        ArgumentNullException.ThrowIfNull(fonts);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _fine = options with { Sizes = [options.FineSizes], MaxAspect = options.MaxFineAspect };
        _signs = new SignPlanner(fonts, _outlines, options);
    }

    /// <summary>Draws one picture.</summary>
    /// <param name="seed">Names a set of pictures.</param>
    /// <param name="index">The picture's number in the set, from 0.</param>
    /// <param name="split">Which fonts and combinations it may use.</param>
    /// <param name="kind">What it shows; null chooses by the options' weights.</param>
    public DrawnPicture Draw(ulong seed, long index, PictureSplit split, PictureKind? kind = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var random = new PictureRandom(seed, (ulong)split + 1, (ulong)index);
        PictureKind chosen = kind ?? (PictureKind)random.PickWeighted([.. _options.KindWeights]);
        using PictureDrawing drawing = chosen == PictureKind.Sign || (chosen == PictureKind.Point && random.Chance(0.4))
            ? Sign(chosen, split, random)
            : Scene(chosen, split, random);
        Degradation degradation = Degradation.Sample(drawing.Frame, drawing.FinestDetail, _options, random);
        PixelBuffer pixels = PicturePainter.Paint(drawing);
        Blur.Apply(pixels.Rgba, pixels.Width, degradation.Blur);
        PixelNoise.Apply(pixels.Rgba, pixels.Width, degradation);
        return new DrawnPicture(chosen, pixels, degradation, [.. drawing.Questions], drawing.Regions);
    }

    /// <inheritdoc/>
    public void Dispose() => _outlines.Dispose();

    private PictureDrawing Sign(PictureKind kind, PictureSplit split, PictureRandom random)
    {
        // Not asked where there is none: the sequence of random numbers names a picture.
        bool fine = _options.FineShare > 0 && random.Chance(_options.FineShare);
        SignPlan plan = _signs.Plan(() => PictureFrame.Sample(random, fine ? _fine : _options), fine, split, random);
        var drawing = new PictureDrawing(plan.Frame);
        // Without a plate the wall is the plate.
        if (plan.Style.Form == PlateForm.None) Backdrop.Calm(drawing, plan.Style.Plate, random);
        else Backdrop.Busy(drawing, random);
        IReadOnlyList<(string Text, PictureBox Box)> boxes = SignPainter.Paint(drawing, plan, LabelNames.Instance);
        bool points = kind == PictureKind.Point;
        if (!points || _options.MixesTasks)
            drawing.Questions.AddRange(SignQuestions.Ask(plan.Content.Entries, plan.Content.Written, plan.Content.Language, random));
        if (points || _options.MixesTasks) drawing.Questions.AddRange(PointQuestions.Texts(boxes, plan.Frame, random, 3));
        return drawing;
    }

    private PictureDrawing Scene(PictureKind kind, PictureSplit split, PictureRandom random)
    {
        bool points = kind == PictureKind.Point;
        while (true)
        {
            PictureFrame frame = PictureFrame.Sample(random, _options);
            IReadOnlyList<SceneShape> shapes = ScenePlanner.Plan(frame, split, _options, random);
            if (ShapeColours.Background([.. shapes.Select(shape => shape.Paint)], random) is not { } background) continue;
            QuestionAnswer[] boxes = [.. PointQuestions.Shapes(shapes, frame, random, 4)];
            if (points && boxes.Length == 0) continue;

            var drawing = new PictureDrawing(frame);
            Backdrop.Calm(drawing, background, random);
            foreach (SceneShape shape in shapes)
            {
                drawing.Paint(Outline.Path(shape.Outlines), shape.Paint);
                drawing.Regions.Add(new LabelRegion(LabelNames.Instance.Of(shape.Kind, shape.Colour), shape.Outlines));
                drawing.FinestDetail = Math.Min(drawing.FinestDetail, shape.Box.Height / 3);
            }

            if (!points || _options.MixesTasks) drawing.Questions.AddRange(SceneQuestions.Ask(shapes, random));
            if (points || _options.MixesTasks) drawing.Questions.AddRange(boxes);
            return drawing;
        }
    }
}
