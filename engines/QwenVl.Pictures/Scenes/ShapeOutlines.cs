using SkiaSharp;

namespace QwenVl.Pictures.Scenes;

/// <summary>Outlines of the shapes around (0, 0), about 1 in radius, as points.</summary>
internal static class ShapeOutlines
{
    private static readonly SKPoint[][][] All = [.. Enum.GetValues<ShapeKind>().Select(Build)];

    public static IReadOnlyList<SKPoint[]> Of(ShapeKind kind) => All[(int)kind];

    private static SKPoint[][] Build(ShapeKind kind) => kind switch
    {
        ShapeKind.Circle => [Turning(72, _ => 1)],
        ShapeKind.Square => [[new(-0.88f, -0.88f), new(0.88f, -0.88f), new(0.88f, 0.88f), new(-0.88f, 0.88f)]],
        ShapeKind.Triangle => [[new(0, -0.95f), new(1, 0.8f), new(-1, 0.8f)]],
        ShapeKind.Star => [Turning(10, corner => corner % 2 == 0 ? 1.08 : 0.45)],
        ShapeKind.Cross => [Cross(0.32f)],
        ShapeKind.Hexagon => [Turning(6, _ => 1.03)],
        ShapeKind.Heart => [Heart()],
        _ => [Turning(72, _ => 1), Turning(72, _ => 0.55)],
    };

    /// <summary>Points at even angles, from the top, clockwise.</summary>
    private static SKPoint[] Turning(int count, Func<int, double> radius) => [.. Enumerable.Range(0, count).Select(i =>
    {
        (double sine, double cosine) = Math.SinCos(2 * Math.PI * i / count);
        return new SKPoint((float)(radius(i) * sine), (float)(-radius(i) * cosine));
    })];

    private static SKPoint[] Cross(float half) =>
    [
        new(-half, -1), new(half, -1), new(half, -half), new(1, -half), new(1, half), new(half, half),
        new(half, 1), new(-half, 1), new(-half, half), new(-1, half), new(-1, -half), new(-half, -half),
    ];

    private static SKPoint[] Heart() => [.. Enumerable.Range(0, 72).Select(i =>
    {
        double t = 2 * Math.PI * i / 72, sine = Math.Sin(t);
        double x = 16 * sine * sine * sine;
        double y = 13 * Math.Cos(t) - 5 * Math.Cos(2 * t) - 2 * Math.Cos(3 * t) - Math.Cos(4 * t);
        return new SKPoint((float)(x / 16.5), (float)(-(y + 2.5) / 15.5));
    })];
}
